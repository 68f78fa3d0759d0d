import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { Domain, DomainDriver, DomainWatcher } from "@libvirt-ts/hypervisor";
import type { TestHost } from "./host/host.ts";
import type { Interfaces } from "./interface/interfaces.ts";
import type { Networks } from "./network/networks.ts";
import type { HostDevices } from "./nodedev/devices.ts";
import type { Pools } from "./storage/pools.ts";

/** What is kept of a guest while it runs. */
export interface TestGuest {
  /** Microseconds on the driver's clock. */
  readonly startedAt: bigint;
}

/** Since 1970. */
export interface GuestTime {
  readonly seconds: bigint;
  readonly nseconds: number;
}

/** What clients are told about a guest's definition. */
export interface GuestMessages {
  readonly tainting: readonly string[];
  readonly deprecation: readonly string[];
}

export type TestDomain = Domain<DomainDef, TestGuest>;

/** One host and all that is on it. */
export interface TestDriver extends DomainDriver<TestDomain> {
  readonly host: TestHost;
  readonly networks: Networks;
  readonly interfaces: Interfaces;
  readonly pools: Pools;
  readonly devices: HostDevices;
  /** The name of the machine we really run on, and how many processors it has. */
  readonly hostname: string;
  readonly cpuCount: number;
  /** Microseconds since 1970: what figures that grow are made of. */
  readonly now: () => bigint;
  /** What is questionable about guests, for those of which it is known. */
  /** What the clocks of guests were set to; they outlive the guests. */
  readonly times: WeakMap<TestDomain, GuestTime>;
  /** Mount points of file systems that do not change now; they stay so when the guest starts anew. */
  readonly frozen: WeakMap<TestDomain, Set<string>>;
  /** I/O threads that came while the guest ran: figures are for these. */
  readonly addedThreads: WeakMap<TestDomain, Set<number>>;
  readonly taints: WeakMap<TestDomain, GuestMessages>;
  readonly watcher: DomainWatcher<DomainDef, TestGuest>;
  /** Ids count up and are never used again. */
  nextId(): number;
}
