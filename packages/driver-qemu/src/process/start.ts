import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { QmpClient } from "@libvirt-ts/qmp";
import type { Client } from "@libvirt-ts/rpc/server";
import { Undo } from "@libvirt-ts/util/undo";
import { buildCommand } from "../command/build.ts";
import { commandSettings } from "../command-settings.ts";
import { type GuestCpuContext, startedCpu } from "../cpu/guest-cpu.ts";
import { hostModels } from "../cpu/host-model.ts";
import { handleEvent } from "../events/qmp-events.ts";
import { Guest, type QemuDomain } from "../guest.ts";
import { startHelpers } from "../helpers/helpers.ts";
import { hostCdromsOf } from "../host-cdroms.ts";
import { type HostMemory, hostMemoryFor } from "../host-memory.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { migrationEnd } from "../save/migration-end.ts";
import { configureGuest } from "./configure.ts";
import { startCpus } from "./cpus.ts";
import { capsOf, completeDefinition } from "./definition.ts";
import { forgetDomain } from "./forget.ts";
import { type GuestLog, logHeader, openGuestLog } from "./guest-log.ts";
import type { GuestPaths } from "./guest-paths.ts";
import { launchQemu } from "./launch.ts";
import { openResources } from "./open-resources.ts";
import { giveImages, takeBackImages } from "./ownership.ts";
import { processCpus } from "./pin.ts";
import { prepareDefinition, prepareHost } from "./prepare.ts";
import { guestEnded, stopGuest } from "./stop.ts";

/** QEMU that does not greet within this time is not coming. */
const GREETING_LIMIT_MS = 60_000;
/** `virConnectDomainEventAgentLifecycleState` disconnected, reason "domain started". */
const AGENT_AT_START = { state: 2, reason: 1 } as const;

export interface StartOptions {
  /** The call that wants it, for whoever has to wait. */
  api: string;
  paused: boolean;
  /** Firmware variables begin anew. */
  resetNvram?: boolean;
  /** What shall run this once, instead of the persistent definition. */
  definition?: QemuDomain["def"] | undefined;
  /** The guest goes when this client does. */
  autodestroyFor?: Client | undefined;
  /** It was saved. */
  saved?: {
    /** Where its memory is read from; the descriptor stays the caller's. */
    readonly fd: number;
    /** What is told of one that stays paused: somebody wants it so, or it was saved so. */
    readonly pausedAs: "paused" | "restored";
  };
}

/**
 * Starts a domain.
 * @throws VirError OPERATION_INVALID when it runs already; whatever keeps it from running. Nothing is left behind then.
 */
export async function startDomain(
  driver: QemuDriver,
  domain: QemuDomain,
  options: StartOptions,
): Promise<void> {
  await domain.jobs.runAsync("start", { api: options.api }, async () => {
    if (domain.isActive)
      throw new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_INVALID, "domain is already running");
    // It may have been undefined, or its first start may have failed, while this one waited.
    if (driver.domains.byUuid(domain.uuid) !== domain)
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.NO_DOMAIN,
        `no domain with matching name '${domain.name}'`,
      );
    await start(driver, domain, options);
  });
}

async function start(driver: QemuDriver, domain: QemuDomain, options: StartOptions): Promise<void> {
  const undo = new Undo();
  const log = driver.log.child({ domain: domain.name });
  let guest: Guest | undefined;
  try {
    const definition = options.definition ?? (await completeDefinition(driver, domain.def));
    const memory = await hostMemoryFor(driver, definition);
    const paths = await prepareDefinition(driver, domain, { definition, memory }, undo);
    guest = await bringUp(driver, domain, { paths, memory }, undo);
    guest.isStarting = false;
    announce(driver, domain, options);
    followClient(driver, domain, guest, options.autodestroyFor);
    await driver.status.flush(domain);
  } catch (error) {
    const started = guest ?? domain.live;
    if (started) await stopGuest(driver, domain, started, { name: "shutoff", reason: "failed" }, null);
    else await abandon(driver, domain, undo, (err) => log.warn({ err }, "clean-up step failed"));
    throw error;
  }

  /** Process, monitor, settings, CPUs. */
  async function bringUp(
    driver: QemuDriver,
    domain: QemuDomain,
    { paths, memory }: { paths: GuestPaths; memory: HostMemory },
    undo: Undo,
  ): Promise<Guest> {
    const resetNvram = options.resetNvram === true;
    const masterKey = await prepareHost(driver, domain, { paths, undo, resetNvram });
    const caps = await capsOf(driver, domain.def);
    domain.def.cpu = decideCpu(driver, domain.def, { caps, isNew: options.saved === undefined });
    const output = await openGuestLog(driver, domain, paths.log);
    try {
      const incomingFd = options.saved?.fd;
      const context = { paths, memory, masterKey, caps, output, undo, incomingFd };
      const running = await launch(driver, domain, context);
      try {
        await connect(driver, domain, running);
        await configureGuest(driver, domain, running);
        announceAgent(driver, domain);
        if (incomingFd !== undefined) {
          await readMemory(running, incomingFd);
          domain.announce({ event: "started", detail: "restored" });
        }
        const reason = incomingFd === undefined ? "booted" : "restored";
        if (!options.paused) await startCpus(driver, domain, running, reason);
        else domain.move({ name: "paused", reason: "user" }, null);
      } catch (error) {
        throw await explain(running, domain.name, output, error);
      }
      return running;
    } finally {
      output.close();
    }
  }
}

/** What the guest's `<cpu>` means on this host. @throws VirError as `startedCpu` */
export const decideCpu = (
  { host, processor }: QemuDriver,
  def: QemuDomain["def"],
  { caps, isNew }: Pick<GuestCpuContext, "caps" | "isNew">,
): QemuDomain["def"]["cpu"] =>
  startedCpu(def, { caps, hostArch: host.arch, models: hostModels(caps, def.type, processor), isNew });

interface LaunchContext {
  paths: GuestPaths;
  memory: HostMemory;
  masterKey: Uint8Array;
  caps: Awaited<ReturnType<typeof capsOf>>;
  output: GuestLog;
  undo: Undo;
  incomingFd: number | undefined;
}

/** Reads what was saved. @throws VirError OPERATION_FAILED when QEMU does not take it */
async function readMemory(guest: Guest, fd: number): Promise<void> {
  const end = await migrationEnd(guest, () => guest.monitor.migrateIncoming(`fd:${fd}`));
  if (end !== "completed")
    throw new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_FAILED, `restoring the guest ended as '${end}'`);
}

async function launch(
  driver: QemuDriver,
  domain: QemuDomain,
  { paths, memory, masterKey, caps, output, undo, incomingFd }: LaunchContext,
): Promise<Guest> {
  await startHelpers(driver, domain, { paths, undo });
  const formerOwners = await giveImages(driver, domain);
  undo.add(() => takeBackImages(driver, formerOwners));
  const resources = await openResources(driver, domain, { paths, masterKey, undo });
  try {
    const built = buildCommand(domain.def, {
      caps,
      resources,
      hostCdroms: await hostCdromsOf(domain.def),
      ...commandSettings(driver, paths, domain.id, memory),
      ...(incomingFd !== undefined && { incoming: "defer" }),
    });
    const line = incomingFd === undefined ? built : { ...built, fds: [...built.fds, incomingFd] };
    const { now, host, version } = driver;
    const qemuVersion = `${formatVersion(caps.version)}${caps.package ? ` (${caps.package})` : ""}`;
    const facts = {
      now: now(),
      libvirtVersion: version,
      qemuVersion,
      kernel: host.kernel,
      hostname: host.hostname,
    };
    output.writeHeader(logHeader(facts, line));
    await launchQemu(driver, domain, {
      line,
      cpus: processCpus(domain.def, memory),
      logFd: output.fd,
      pidFile: paths.pidFile,
      beforeExec(process) {
        domain.live = new Guest({
          process,
          facts: newFacts(driver, domain, { paths, caps, formerOwners, fdSetIndex: built.fdSets }),
          teardown: undo,
          report: (err) => driver.log.error({ err, domain: domain.name }, "work of the guest failed"),
        });
        return driver.status.flush(domain);
      },
    });
  } finally {
    resources.close();
  }
  if (!domain.live) throw new Error("the launcher has not called back");
  return domain.live;
}

function newFacts(
  driver: QemuDriver,
  { def }: QemuDomain,
  facts: Pick<Guest["facts"], "paths" | "caps" | "formerOwners" | "fdSetIndex">,
): Guest["facts"] {
  return {
    ...facts,
    vcpus: [],
    devices: [],
    taints: new Set(driver.paths.privileged && driver.user.uid === 0 ? ["high-privileges"] : []),
    fakeReboot: false,
    allowReboot: def.onReboot !== "destroy" || def.onPoweroff !== "destroy",
    nodeNameIndex: def.devices.disks.length,
    stdioLogd: driver.settings.stdio_handler === "logd",
    agentTimeout: -2,
    lockState: undefined,
    originalCpu: def.cpu,
  };
}

/** Attaches the monitor and begins to listen to what the guest does. */
export async function connect(driver: QemuDriver, domain: QemuDomain, guest: Guest): Promise<void> {
  const qmp = await withLimit(QmpClient.connect(guest.facts.paths.monitor), guest);
  guest.attach(qmp);
  qmp.onEvent((event) => {
    if (domain.live === guest) handleEvent({ driver, domain, guest }, event);
  });
  // The end of the process ends the conversation too, after its last events: these decide what it meant.
  void qmp.closed.then(() => guestEnded(driver, domain, guest));
}

/** A QEMU that neither greets nor ends is given up. */
async function withLimit(connecting: Promise<QmpClient>, guest: Guest): Promise<QmpClient> {
  const timer = setTimeout(() => guest.process.signal("SIGKILL"), GREETING_LIMIT_MS);
  try {
    return await connecting;
  } finally {
    clearTimeout(timer);
  }
}

/** What the world hears of a start, in libvirt's order: RESUMED has been told by the CPUs themselves. */
function announce(driver: QemuDriver, domain: QemuDomain, { paused, saved }: StartOptions): void {
  if (!saved) domain.announce({ event: "started", detail: "booted" });
  if (paused) domain.announce({ event: "suspended", detail: saved?.pausedAs ?? "paused" });
  driver.domains.touch();
}

/** Tells clients that the guest agent is not there yet. */
export function announceAgent(driver: QemuDriver, domain: QemuDomain): void {
  const hasAgent = domain.def.devices.channels.some(
    ({ target }) => target.type === "virtio" && target.name === "org.qemu.guest_agent.0",
  );
  if (hasAgent) driver.events.emit("agentLifecycle", domain, AGENT_AT_START);
}

function followClient(
  driver: QemuDriver,
  domain: QemuDomain,
  guest: Guest,
  client: Client | undefined,
): void {
  if (!client) return;
  const forget = client.onClose(() => {
    stopGuest(driver, domain, guest, { name: "shutoff", reason: "destroyed" }).catch((err: unknown) =>
      driver.log.error({ err, domain: domain.name }, "cannot destroy the guest of a client that left"),
    );
  });
  guest.teardown.add(forget);
}

/** A QEMU that died says why in its log: that is the error to show. */
async function explain(guest: Guest, name: string, output: GuestLog, error: unknown): Promise<unknown> {
  // A closed monitor is no error of its own when the process is about to end.
  if (guest.isMonitorOpen) return error;
  await guest.process.kill();
  const words = await output.tail();
  if (words === "") return error;
  return new VirError(
    ErrorDomain.QEMU,
    ErrorCode.INTERNAL_ERROR,
    `QEMU unexpectedly closed the monitor (vm='${name}'): ${words}`,
    { cause: error },
  );
}

/** The start failed before there was a process. */
async function abandon(
  driver: QemuDriver,
  domain: QemuDomain,
  undo: Undo,
  report: (error: unknown) => void,
): Promise<void> {
  const definition = domain.def;
  await undo.run(report);
  await driver.status.remove(domain);
  domain.settle();
  domain.id = -1;
  if (domain.state.name !== "shutoff") domain.move({ name: "shutoff", reason: "failed" }, null);
  if (!domain.isPersistent) await forgetDomain(driver, domain, definition);
}

/** `7.2.22` for 7_002_022. */
export const formatVersion = (version: number): string =>
  `${Math.floor(version / 1_000_000)}.${Math.floor(version / 1000) % 1000}.${version % 1000}`;
