import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { Paths } from "@libvirt-ts/daemon";
import type { DomainDriver, DomainWatcher, KeptDefinitions } from "@libvirt-ts/hypervisor";
import type { LockManager } from "@libvirt-ts/lock-manager";
import type { LogManager } from "@libvirt-ts/log-manager";
import type { Logger } from "@libvirt-ts/logging";
import type { Taps } from "@libvirt-ts/netdev";
import type { ConfigDirectory } from "@libvirt-ts/objects";
import type { KeyedLock } from "@libvirt-ts/util/keyed-lock";
import type { CapsCache } from "./caps/caps-cache.ts";
import type { HostFirmware } from "./caps/firmware-files.ts";
import type { HostProcessor } from "./cpu/host-model.ts";
import type { MonitorEvents } from "./events/monitor-events.ts";
import type { Guest, QemuDomain } from "./guest.ts";
import type { HostFacts } from "./host-facts.ts";
import type { DriverPaths } from "./process/guest-paths.ts";
import type { Networks } from "./process/networks.ts";
import type { PortAllocator } from "./process/ports.ts";
import type { StatusFiles } from "./process/status-files.ts";
import type { QemuSettings } from "./settings.ts";

/** Who QEMU runs as. */
export interface QemuUser {
  uid: number;
  gid: number;
  /** Supplementary groups, `gid` included. */
  groups: readonly number[];
}

/** Everything the parts of the driver share; made once, in `open-driver.ts`. */
export interface QemuDriver extends DomainDriver<QemuDomain> {
  readonly log: Logger;
  /** As libvirt numbers itself: `11.3.0`. */
  readonly version: string;
  readonly paths: Paths;
  readonly dirs: DriverPaths;
  readonly settings: QemuSettings;
  readonly user: QemuUser;
  /** Who software runs as that plays a TPM. */
  readonly tpmUser: QemuUser;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly host: HostFacts;
  readonly processor: HostProcessor;
  readonly caps: CapsCache;
  readonly firmware: HostFirmware;
  /** Where programs that serve vhost-user devices are described; the last folder counts most. */
  readonly vhostUserFolders: readonly string[];
  /** The binary for each architecture this host can run. */
  readonly emulators: ReadonlyMap<string, string>;
  /** The events of guests' monitors, for clients that want them as they come. */
  readonly monitorEvents: MonitorEvents;
  readonly configs: ConfigDirectory;
  /** The persistent definitions, as text. */
  readonly definitions: KeptDefinitions<DomainDef>;
  /** Definitions that were read while their QEMU was missing. */
  readonly incomplete: WeakSet<DomainDef>;
  /** One change of what is defined under a name at a time. */
  readonly defining: KeyedLock<string>;
  readonly status: StatusFiles;
  readonly locks: LockManager;
  readonly logs: LogManager;
  readonly networks: Networks;
  readonly taps: Taps;
  readonly displayPorts: PortAllocator;
  readonly websocketPorts: PortAllocator;
  /** Host clock in milliseconds. */
  readonly now: () => number;
  /** What every domain reports to. */
  readonly watcher: DomainWatcher<DomainDef, Guest>;
  nextId(): number;
  /** A guest has this id already: later ones get higher ones. */
  reserveId(id: number): void;
  /** Keeps the daemon from ending for lack of clients. */
  inhibit(): () => void;
}
