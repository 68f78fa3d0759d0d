import type { DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Domain, State } from "@libvirt-ts/hypervisor";
import { SerialQueue } from "@libvirt-ts/objects";
import type { QmpClient } from "@libvirt-ts/qmp";
import type { Undo } from "@libvirt-ts/util/undo";
import type { QemuCaps } from "./caps/qemu-caps.ts";
import { Monitor } from "./monitor/monitor.ts";
import type { GuestPaths } from "./process/guest-paths.ts";
import type { GuestProcess } from "./process/guest-process.ts";
import type { FormerOwner } from "./process/ownership.ts";

/** As long as a QEMU that has ended may keep its monitor open. */
const LAST_WORDS_MS = 1000;

/** A domain of this driver. */
export type QemuDomain = Domain<DomainDef, Guest>;

export interface Vcpu {
  id: number;
  /** Thread in the host; 0 when QEMU has no thread of its own for it. */
  tid: number;
}

/** Why a guest did something that is not to its liking; shown by `dominfo` and in the status file. */
export type Taint =
  | "custom-argv"
  | "custom-monitor"
  | "high-privileges"
  | "shell-scripts"
  | "disk-probing"
  | "external-launch"
  | "host-cpu"
  | "hook-script"
  | "cdrom-passthrough"
  | "custom-dtb"
  | "custom-ga-command"
  | "custom-hypervisor-feature"
  | "deprecated-config";

/** What is put into the status file besides the definition, and found again after a restart of ours. */
export interface GuestFacts {
  readonly paths: GuestPaths;
  readonly caps: QemuCaps;
  vcpus: Vcpu[];
  /** Aliases of the devices QEMU has. */
  devices: string[];
  readonly taints: Set<Taint>;
  /** Shutting down means resetting. */
  fakeReboot: boolean;
  /** QEMU runs with `-no-shutdown`: a guest that goes off leaves QEMU to us. */
  readonly allowReboot: boolean;
  /** Next number of a block node name. */
  nodeNameIndex: number;
  /** Next number of a descriptor set. */
  fdSetIndex: number;
  /** Logs of chardevs go through virtlogd. */
  readonly stdioLogd: boolean;
  /** Seconds to wait for the guest agent; -2 for ever, -1 default, 0 not at all. */
  agentTimeout: number;
  /** State of the lock manager, kept while paused. */
  lockState: string | undefined;
  /** Whose the images were before. */
  readonly formerOwners: FormerOwner[];
  /** The CPU as configured, before QEMU's answer was written into the definition. */
  readonly originalCpu: DomainDef["cpu"];
}

/** What became of a device that was asked to go. */
export type Removal = "removed" | "refused" | "waiting";

export interface NewGuest {
  process: GuestProcess;
  facts: GuestFacts;
  teardown: Undo;
  /** Told of work in the queue that failed. */
  report: (error: unknown) => void;
}

/**
 * A running guest: its process, its monitor and what we know about it. It lives from the start of the process to
 * its end; a domain that is started again has another one, so that late events can tell.
 */
export class Guest {
  readonly process: GuestProcess;
  readonly facts: GuestFacts;
  /** Work that events cause and that must wait for QEMU or a job. */
  readonly queue: SerialQueue;
  /** What was made for the guest, taken back newest first when it has gone. */
  readonly teardown: Undo;
  /** Under way, or over: nothing else may be begun with this guest. */
  ending: Promise<void> | undefined;
  /** Why the CPUs are about to stop or go: what the next STOP or RESUME event means. */
  pauseReason: Extract<State, { name: "paused" }>["reason"] = "unknown";
  runReason: Extract<State, { name: "running" }>["reason"] = "unpaused";
  /** SHUTDOWN was seen: the end that follows is no crash. */
  hasShutDown = false;
  isStarting = true;
  /** The guest went off and is brought up again: nobody is to notice. */
  isRebooting = false;
  isBeingDestroyed = false;
  balloonBytes: number | undefined;
  readonly #removals = new Map<string, (end: Removal) => void>();
  #monitor: Monitor | undefined;

  constructor({ process, facts, teardown, report }: NewGuest) {
    this.process = process;
    this.facts = facts;
    this.teardown = teardown;
    this.queue = new SerialQueue(report);
  }

  attach(qmp: QmpClient): Monitor {
    this.#monitor = new Monitor(qmp);
    return this.#monitor;
  }

  /**
   * The monitor; only to be used inside a job.
   * @throws VirError OPERATION_INVALID once the guest has died
   */
  get monitor(): Monitor {
    if (!this.#monitor?.qmp.isOpen || this.process.hasEnded)
      throw new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_INVALID, "domain is not running");
    return this.#monitor;
  }

  get isMonitorOpen(): boolean {
    return this.#monitor?.qmp.isOpen === true;
  }

  /** What becomes of a device that is about to be asked to go; "waiting" when nothing has been heard in time. */
  expectRemoval(alias: string, limitMs: number): Promise<Removal> {
    return new Promise((resolve) => {
      const late = setTimeout(() => this.settleRemoval(alias, "waiting"), limitMs);
      this.#removals.set(alias, (end) => {
        clearTimeout(late);
        this.#removals.delete(alias);
        resolve(end);
      });
    });
  }

  /** @returns whether somebody was waiting for it */
  settleRemoval(alias: string, end: Removal): boolean {
    const settle = this.#removals.get(alias);
    settle?.(end);
    return settle !== undefined;
  }

  /** Ends the conversation, once QEMU's last words have been heard: it has ended, so they come at once. */
  async closeMonitor(): Promise<void> {
    if (!this.#monitor) return;
    const { qmp } = this.#monitor;
    const tooLong = setTimeout(() => qmp.close(), LAST_WORDS_MS);
    await qmp.closed;
    clearTimeout(tooLong);
  }
}
