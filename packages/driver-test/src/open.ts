import { ErrorDomain } from "@libvirt-ts/errors";
import { DomainEvents, lifecycleNumbers } from "@libvirt-ts/hypervisor";
import { Registry } from "@libvirt-ts/objects";
import type { Client } from "@libvirt-ts/rpc/server";
import { addDomain, readDefinition } from "./domain/definition.ts";
import { bootGuest } from "./domain/guest.ts";
import {
  defaultDevices,
  defaultDomain,
  defaultInterface,
  defaultNetwork,
  defaultPool,
} from "./host/default-node.ts";
import { defaultHost, type TestHost } from "./host/host.ts";
import { loadNode } from "./host/load-node.ts";
import type { NodeDescription } from "./host/node-file.ts";
import { Interfaces } from "./interface/interfaces.ts";
import { Networks } from "./network/networks.ts";
import { HostDevices } from "./nodedev/devices.ts";
import { Pools } from "./storage/pools.ts";
import type { TestDomain, TestDriver } from "./test-driver.ts";

export interface TestDriverOptions {
  readonly hostname: string;
  /** Processors of this machine. */
  readonly cpuCount: number;
  /** Microseconds since 1970. */
  readonly now: () => bigint;
}

/** A host that has nothing yet. */
function bareDriver({ hostname, cpuCount, now }: TestDriverOptions, host: TestHost): TestDriver {
  const domains = new Registry<TestDomain>();
  const events = new DomainEvents<Client>();
  let lastId = 0;
  return {
    domains,
    events,
    prefix: "test",
    errorDomain: ErrorDomain.TEST,
    host,
    networks: new Networks(),
    interfaces: new Interfaces(),
    pools: new Pools(),
    devices: new HostDevices(),
    hostname,
    now,
    cpuCount,
    times: new WeakMap(),
    frozen: new WeakMap(),
    addedThreads: new WeakMap(),
    taints: new WeakMap(),
    watcher: {
      changed: () => domains.touch(),
      lifecycle: (domain, event) => events.emit("lifecycle", domain, lifecycleNumbers(event)),
    },
    nextId: () => ++lastId,
  };
}

/** A host of its own with what `test:///default` has. */
export function openTestDriver(options: TestDriverOptions): TestDriver {
  const driver = bareDriver(options, defaultHost);
  const domain = addDomain(driver, readDefinition(defaultDomain), { isPersistent: true });
  bootGuest(driver, domain, { name: "running", reason: "unknown" });
  driver.networks.load(defaultNetwork);
  driver.interfaces.load(defaultInterface);
  driver.pools.load(defaultPool);
  for (const device of defaultDevices) driver.devices.load(device);
  return driver;
}

/** A host of its own with what a description says. @throws VirError */
export function openNode(options: TestDriverOptions, node: Omit<NodeDescription, "users">): TestDriver {
  const driver = bareDriver(options, node.host);
  loadNode(driver, node);
  return driver;
}
