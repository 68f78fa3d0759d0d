import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import { type Keys, readConfig, type Values } from "@libvirt-ts/config";
import type { Paths } from "@libvirt-ts/daemon";
import { sessionDaemon } from "@libvirt-ts/daemon/session-daemon";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { Domain, DomainEvents, KeptDefinitions, lifecycleNumbers } from "@libvirt-ts/hypervisor";
import { type LockManager, lockdManager, nopLockManager, qemuLockdKeys } from "@libvirt-ts/lock-manager";
import { fileLogManager, logdManager } from "@libvirt-ts/log-manager";
import type { Logger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { Taps } from "@libvirt-ts/netdev";
import { ConfigDirectory, Registry } from "@libvirt-ts/objects";
import { RpcClient } from "@libvirt-ts/rpc/client";
import type { Client } from "@libvirt-ts/rpc/server";
import { KeyedLock } from "@libvirt-ts/util/keyed-lock";
import { CapsCache, findEmulator } from "./caps/caps-cache.ts";
import { HostFirmware } from "./caps/firmware-files.ts";
import { readHostProcessor } from "./cpu/host-processor.ts";
import { MonitorEvents } from "./events/monitor-events.ts";
import type { Guest, QemuDomain } from "./guest.ts";
import type { HostFacts } from "./host-facts.ts";
import { autostart } from "./process/autostart.ts";
import { keepDefinition, readDefinition, readKept } from "./process/definition.ts";
import { type DriverPaths, driverPaths } from "./process/guest-paths.ts";
import { lockLost } from "./process/lock-failure.ts";
import { Networks } from "./process/networks.ts";
import { PortAllocator } from "./process/ports.ts";
import { loadRunning } from "./process/reconnect.ts";
import { StatusFiles } from "./process/status-files.ts";
import type { QemuDriver, QemuUser } from "./qemu-driver.ts";
import { findQemuUser, findTpmUser } from "./qemu-user.ts";
import { qemuKeys } from "./settings.ts";
import { formatStatus } from "./status-xml.ts";

/** Architectures whose emulators are looked for, in the order they are told. */
const ARCHES = (
  "alpha armv6l armv7l armv7b aarch64 cris i686 lm32 loongarch64 m68k microblaze microblazeel mips mipsel " +
  "mips64 mips64el or32 parisc parisc64 ppc ppc64 ppc64le riscv32 riscv64 s390 s390x sh4 sh4eb sparc sparc64 " +
  "unicore32 x86_64 xtensa xtensaeb"
).split(" ");

export interface QemuWorld {
  readonly paths: Paths;
  readonly log: Logger;
  readonly host: HostFacts;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Our own version, as text and as number, and when this program was installed (seconds). */
  readonly self: { text: string; version: number; ctime: number };
  /** Keeps the daemon from ending for lack of clients. */
  inhibit(): () => void;
  /** The way to the network driver where that is in this process too; default: virtnetworkd. */
  readonly networks?: () => Promise<RpcClient>;
}

/** The driver with all it depends on; domains are not known yet. */
export async function openQemuDriver(world: QemuWorld): Promise<QemuDriver> {
  const { paths, log, host, env, now, self } = world;
  const settings = readSettings(qemuKeys, join(paths.etc, "qemu.conf"), log);
  const dirs = driverPaths(paths);
  makeFolders(dirs);
  const events = new DomainEvents<Client>();
  const domains = new Registry<QemuDomain>();
  let lastId = 0;
  const caps = new CapsCache({
    dir: join(dirs.cache, "capabilities"),
    kvm: host.kvm,
    kernelVersion: host.kernel,
    self: { version: self.version, ctime: self.ctime },
    env,
    now,
    onWarning: (err, what) => log.warn({ err }, what),
  });
  const socket = (name: string) => join(paths.run, `${name}-sock`);
  const driver: QemuDriver = {
    log,
    version: self.text,
    paths,
    dirs,
    settings,
    user: paths.privileged
      ? findQemuUser({ user: settings.user, group: settings.group }, host.root, log)
      : ownUser(),
    tpmUser: paths.privileged
      ? findTpmUser({ user: settings.swtpm_user, group: settings.swtpm_group }, host.root)
      : ownUser(),
    env,
    host,
    processor: readHostProcessor({ root: host.root, arch: host.arch, kvm: host.kvm, native }),
    caps,
    firmware: new HostFirmware(descriptorFolders(world, "firmware")),
    vhostUserFolders: descriptorFolders(world, "vhost-user"),
    emulators: await findEmulators(env.PATH ?? "/usr/bin", host.arch),
    domains,
    prefix: "qemu",
    errorDomain: ErrorDomain.QEMU,
    events,
    monitorEvents: new MonitorEvents(events),
    configs: new ConfigDirectory({
      path: dirs.config,
      autostartPath: dirs.autostart,
      editCommand: "edit",
      domain: ErrorDomain.QEMU,
    }),
    definitions: new KeptDefinitions({ read: (text) => readKept(driver, text) }),
    incomplete: new WeakSet(),
    defining: new KeyedLock(),
    status: new StatusFiles(dirs.state, formatStatus, (err) =>
      log.error({ err }, "cannot write status file"),
    ),
    locks: lockManager(settings.lock_manager, world),
    logs:
      settings.stdio_handler === "logd"
        ? logdManager(socket("virtlogd"), starter(world, "virtlogd"))
        : fileLogManager(),
    networks: new Networks({
      connect: world.networks ?? networkDaemon(socket("virtnetworkd"), starter(world, "virtnetworkd")),
      uri: paths.privileged ? "network:///system" : "network:///session",
      log,
    }),
    taps: new Taps(native),
    displayPorts: new PortAllocator(
      "vnc",
      settings.remote_display_port_min,
      settings.remote_display_port_max,
    ),
    websocketPorts: new PortAllocator(
      "webSocket",
      settings.remote_websocket_port_min,
      settings.remote_websocket_port_max,
    ),
    watcher: {
      changed: () => domains.touch(),
      lifecycle: (domain, event) => events.emit("lifecycle", domain, lifecycleNumbers(event)),
    },
    now,
    inhibit: world.inhibit,
    nextId: () => ++lastId,
    reserveId: (id) => {
      lastId = Math.max(lastId, id);
    },
  };
  return driver;
}

/**
 * Makes the domains known: those that run first, then the defined ones. Guests are taken over in the background,
 * and domains marked for it are started once that is done.
 */
export async function loadDomains(driver: QemuDriver): Promise<void> {
  await driver.locks.prepare();
  const takeOvers = await loadRunning(driver);
  await loadConfigs(driver);
  driver.locks.onLost((lost) => lockLost(driver, lost));
  void Promise.all(takeOvers.map((takeOver) => takeOver()))
    .then(() => autostart(driver))
    .catch((err: unknown) => driver.log.error({ err }, "cannot start the domains marked for it"));
}

async function loadConfigs(driver: QemuDriver): Promise<void> {
  for (const { name, text, autostart: marked } of await driver.configs.load()) {
    try {
      const def = await readDefinition(driver, text, { inactive: true, abiUpdate: false });
      addConfig(driver, def, marked);
    } catch (error) {
      driver.log.error({ err: error, domain: name }, "cannot read the definition of a domain");
    }
  }
}

function addConfig(driver: QemuDriver, def: DomainDef, marked: boolean): void {
  const running = driver.domains.byUuid(def.uuid);
  const domain =
    running ?? new Domain<DomainDef, Guest>({ def, isPersistent: true, watcher: driver.watcher });
  domain.configure(keepDefinition(driver, def));
  if (running) running.isPersistent = true;
  else driver.domains.add(domain);
  domain.autostart = marked;
}

/** Where descriptors of a kind lie; the last folder counts most. A user's own count for that user's daemon only. */
function descriptorFolders({ paths, host, env }: QemuWorld, kind: "firmware" | "vhost-user"): string[] {
  const folders = [join(host.root, "/usr/share/qemu", kind)];
  if (paths.privileged) return [...folders, join(dirname(paths.etc), "qemu", kind)];
  const config = env.XDG_CONFIG_HOME ?? join(env.HOME ?? "/", ".config");
  return [...folders, join(host.root, "/etc/qemu", kind), join(config, "qemu", kind)];
}

/** A user's own daemon cannot give anything away. */
function ownUser(): QemuUser {
  const gid = process.getgid?.() ?? 0;
  return { uid: process.getuid?.() ?? 0, gid, groups: [gid] };
}

/** At once: nobody is served yet, and threads for it would cost a start more than it takes. */
function makeFolders(dirs: DriverPaths): void {
  const own = [
    dirs.state,
    dirs.lib,
    dirs.log,
    dirs.cache,
    dirs.save,
    dirs.dump,
    dirs.nvram,
    dirs.ram,
    dirs.channel,
    dirs.tpm,
  ];
  for (const path of own) mkdirSync(path, { recursive: true, mode: 0o751 });
  for (const path of [dirs.config, dirs.autostart]) mkdirSync(path, { recursive: true, mode: 0o755 });
}

async function findEmulators(path: string, hostArch: string): Promise<Map<string, string>> {
  const found = await Promise.all(
    ARCHES.map(async (arch) => [arch, await findEmulator(arch, path, hostArch)] as const),
  );
  return new Map(found.flatMap(([arch, binary]) => (binary === undefined ? [] : [[arch, binary] as const])));
}

/** A user's own daemon starts those it needs; of the system, systemd does. */
function starter({ paths, env }: QemuWorld, name: string): (() => Promise<void>) | undefined {
  return paths.privileged ? undefined : sessionDaemon(name, env);
}

const networkDaemon = (path: string, start: (() => Promise<void>) | undefined) => () =>
  RpcClient.connect(path, { start });

/** @throws VirError CONFIG_UNSUPPORTED-like for a lock manager nobody has */
function lockManager(name: string | undefined, world: QemuWorld): LockManager {
  const { paths, log } = world;
  if (name === undefined || name === "nop") return nopLockManager();
  if (name !== "lockd")
    throw new VirError(
      ErrorDomain.LOCKING,
      ErrorCode.SYSTEM_ERROR,
      `Plugin /usr/lib/libvirt/lock-driver/${name}.so not accessible: No such file or directory`,
    );
  const keys = readSettings(qemuLockdKeys, join(paths.etc, "qemu-lockd.conf"), log);
  return lockdManager({
    socketPath: join(paths.run, "virtlockd-sock"),
    adminSocketPath: join(paths.run, "virtlockd-admin-sock"),
    start: starter(world, "virtlockd"),
    autoDiskLeases: keys.auto_disk_leases,
    requireLeaseForDisks: keys.require_lease_for_disks,
    fileLockspaceDirectory: keys.file_lockspace_dir,
    lvmLockspaceDirectory: keys.lvm_lockspace_dir,
    scsiLockspaceDirectory: keys.scsi_lockspace_dir,
  });
}

/** A file that is missing sets nothing. */
function readSettings<K extends Keys>(keys: K, file: string, log: Logger): Values<K> {
  const { values, unknown } = readConfig(keys, readIfThere(file), file);
  for (const { key, line } of unknown) log.warn({ file, key, line }, "unknown configuration key");
  return values;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return ""; // node:fs throws nothing else
    throw error;
  }
}
