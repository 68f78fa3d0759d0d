import type { QmpClient } from "@libvirt-ts/qmp";
import type { HotpluggableCpu } from "./cpu-info.ts";

/** `query-status`. */
export interface RunState {
  running: boolean;
  /** running, paused, prelaunch, shutdown, io-error, guest-panicked, inmigrate, suspended, watchdog … */
  status: string;
}

export interface ChardevInfo {
  /** Id on the command line: `charserial0`. */
  label: string;
  /** Backend: `pty:/dev/pts/3`, `disconnected:unix:…`. */
  filename: string;
  /** Whether the guest has opened its end (virtio channels). */
  "frontend-open": boolean;
}

export interface CpuFast {
  "cpu-index": number;
  "thread-id": number;
  "qom-path": string;
  /** s390x only: operating, stopped … */
  "cpu-state"?: string;
}

/** Descriptors that QEMU opens as `/dev/fdset/ID`. */
export interface FdSet {
  "fdset-id": number;
  fds: { fd: number; opaque?: string }[];
}

/** A job of the block layer. */
export interface JobInfo {
  id: string;
  /** commit, stream, mirror, backup, create, amend, snapshot-load … */
  type: string;
  status: string;
  "current-progress": number;
  "total-progress": number;
  error?: string;
}

export interface BlockDeviceStats {
  rd_operations: number;
  rd_bytes: number;
  rd_total_time_ns: number;
  wr_operations: number;
  wr_bytes: number;
  wr_total_time_ns: number;
  flush_operations: number;
  flush_total_time_ns: number;
  wr_highest_offset?: number;
}

export interface BlockStats {
  device?: string;
  qdev?: string;
  "node-name"?: string;
  stats: BlockDeviceStats;
  parent?: BlockStats;
  backing?: BlockStats;
}

export interface NamedNode {
  "node-name": string;
  image: {
    "virtual-size": number;
    "actual-size"?: number;
    snapshots?: { name: string; "vm-state-size": number }[];
    "format-specific"?: { data?: { compat?: string } };
  };
  write_threshold: number;
  "dirty-bitmaps"?: DirtyBitmap[];
}

/** Which parts of an image were written to since the bitmap began. */
export interface DirtyBitmap {
  name?: string;
  recording: boolean;
  persistent: boolean;
  busy: boolean;
  inconsistent?: boolean;
  /** Bytes a bit stands for. */
  granularity: number;
  /** Bytes that are dirty. */
  count: number;
}

export interface BlockInfo {
  qdev?: string;
  device: string;
  removable: boolean;
  tray_open?: boolean;
  "io-status"?: "ok" | "failed" | "nospace";
}

export interface IothreadInfo {
  /** `iothread1` */
  id: string;
  "thread-id": number;
  "poll-max-ns": number;
  "poll-grow": number;
  "poll-shrink": number;
}

export interface DirtyRate {
  /** unstarted, measuring, measured */
  status: string;
  /** MiB a second. */
  "dirty-rate"?: number;
  /** Seconds of the host's monotonic clock. */
  "start-time": number;
  "calc-time": number;
  mode: string;
  "vcpu-dirty-rate"?: { id: number; "dirty-rate": number }[];
}

/** Counters of one object, as a provider (KVM) keeps them. */
export interface ProviderStats {
  provider: string;
  "qom-path"?: string;
  stats: { name: string; value: number | boolean | number[] }[];
}

export interface BalloonGuestStats {
  stats: Record<string, number>;
  "last-update": number;
}

/**
 * The questions and orders we have for a guest's QEMU, typed. Answers follow QEMU's published schema, so that
 * they are believed as they come.
 */
export class Monitor {
  readonly qmp: QmpClient;

  constructor(qmp: QmpClient) {
    this.qmp = qmp;
  }

  #ask<T>(command: string, args?: Readonly<Record<string, unknown>>): Promise<T> {
    return this.qmp.command(command, args) as Promise<T>; // see the class: QEMU's schema
  }

  queryStatus = () => this.#ask<RunState>("query-status");
  queryChardev = () => this.#ask<ChardevInfo[]>("query-chardev");
  queryCpusFast = () => this.#ask<CpuFast[]>("query-cpus-fast");
  /** Bytes the guest has now. */
  queryBalloon = () => this.#ask<{ actual: number }>("query-balloon");
  queryBlock = () => this.#ask<BlockInfo[]>("query-block");
  queryBlockStats = (nodes = false) =>
    this.#ask<BlockStats[]>("query-blockstats", nodes ? { "query-nodes": true } : undefined);
  queryNamedBlockNodes = () => this.#ask<NamedNode[]>("query-named-block-nodes", { flat: true });
  queryIothreads = () => this.#ask<IothreadInfo[]>("query-iothreads");
  queryDirtyRate = () => this.#ask<DirtyRate>("query-dirty-rate");
  /** @param seconds how long to watch the guest's memory */
  calcDirtyRate = (seconds: number, mode: string) =>
    this.#ask<unknown>("calc-dirty-rate", { "calc-time": seconds, mode });
  queryStats = (target: "vm" | "vcpu", provider: string, names: readonly string[]) =>
    this.#ask<ProviderStats[]>("query-stats", { target, providers: [{ provider, names }] });

  queryJobs = () => this.#ask<JobInfo[]>("query-jobs");
  queryHotpluggableCpus = () => this.#ask<HotpluggableCpu[]>("query-hotpluggable-cpus");
  migrateCancel = () => this.#ask<unknown>("migrate_cancel");
  migratePause = () => this.#ask<unknown>("migrate-pause");
  migrateStartPostcopy = () => this.#ask<unknown>("migrate-start-postcopy");
  nbdServerStop = () => this.#ask<unknown>("nbd-server-stop");

  cont = () => this.#ask<unknown>("cont");
  stop = () => this.#ask<unknown>("stop");
  systemPowerdown = () => this.#ask<unknown>("system_powerdown");
  systemReset = () => this.#ask<unknown>("system_reset");
  injectNmi = () => this.#ask<unknown>("inject-nmi");

  /** @param bytes what the guest shall have */
  balloon = (bytes: number) => this.#ask<unknown>("balloon", { value: bytes });
  setPassword = (protocol: "vnc" | "spice", password: string, connected: string | undefined) =>
    this.#ask<unknown>("set_password", { protocol, password, ...(connected && { connected }) });
  /** @param time `never`, `now` or seconds since 1970 */
  expirePassword = (protocol: "vnc" | "spice", time: string) =>
    this.#ask<unknown>("expire_password", { protocol, time });
  setLink = (name: string, up: boolean) => this.#ask<unknown>("set_link", { name, up });
  setAction = (actions: Readonly<Record<string, string>>) => this.#ask<unknown>("set-action", actions);
  setBlockIoThrottle = (args: Readonly<Record<string, unknown>>) =>
    this.#ask<unknown>("block_set_io_throttle", args);
  qomList = (path: string) => this.#ask<{ name: string; type: string }[]>("qom-list", { path });
  qomGet = <T>(path: string, property: string) => this.#ask<T>("qom-get", { path, property });
  qomSet = (path: string, property: string, value: unknown) =>
    this.#ask<unknown>("qom-set", { path, property, value });

  /** Makes something that the command line would have made. */
  add = (command: "object-add" | "blockdev-add" | "netdev_add" | "device_add", props: object) =>
    this.#ask<unknown>(command, { ...props });
  remove = (command: "object-del" | "blockdev-del" | "netdev_del" | "device_del", which: object) =>
    this.#ask<unknown>(command, { ...which });
  /** One of the commands that plug a device in or take away what is left of it. */
  plug = ({ command, args, fds }: { command: string; args: object; fds?: readonly number[] }) =>
    this.qmp.command(command, { ...args }, fds && { fds });
  queryFdSets = () => this.#ask<FdSet[]>("query-fdsets");
  /** Gives QEMU a descriptor, to be taken by its name; ours stays open. */
  getfd = (name: string, fd: number) => this.qmp.command("getfd", { fdname: name }, { fds: [fd] });

  setMigrationEvents = () =>
    this.#ask<unknown>("migrate-set-capabilities", { capabilities: [{ capability: "events", state: true }] });
  /** @param bandwidth bytes a second */
  setMigrationLimit = (bandwidth: number) =>
    this.#ask<unknown>("migrate-set-parameters", { "max-bandwidth": bandwidth });
  migrate = (uri: string) => this.#ask<unknown>("migrate", { uri });
  migrateIncoming = (uri: string) => this.#ask<unknown>("migrate-incoming", { uri });

  /** @param id alias of a drive. @param force also when the guest has locked its tray */
  openTray = (id: string, force: boolean) => this.#ask<unknown>("blockdev-open-tray", { id, force });
  closeTray = (id: string) => this.#ask<unknown>("blockdev-close-tray", { id });
  removeMedium = (id: string) => this.#ask<unknown>("blockdev-remove-medium", { id });
  insertMedium = (id: string, node: string) =>
    this.#ask<unknown>("blockdev-insert-medium", { id, "node-name": node });

  /** @param file where QEMU writes the picture */
  screendump = (
    file: string,
    options: { device?: string | undefined; head?: number | undefined; format?: "png" },
  ) => this.#ask<unknown>("screendump", { filename: file, ...options });
  /** @param codes QEMU's key numbers, pressed together */
  sendKey = (codes: readonly number[], holdMs: number) =>
    this.#ask<unknown>("send-key", {
      keys: codes.map((data) => ({ type: "number", data })),
      ...(holdMs > 0 ? { "hold-time": holdMs } : {}),
    });
  human = (line: string) => this.#ask<string>("human-monitor-command", { "command-line": line });

  /** Aliases of the devices QEMU has now. */
  async devices(): Promise<string[]> {
    const entries = await this.qomList("/machine/peripheral");
    return entries.filter(({ type }) => type.startsWith("child<")).map(({ name }) => name);
  }
}
