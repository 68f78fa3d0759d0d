import { cpus, hostname } from "node:os";
import { silentLogger } from "@libvirt-ts/logging";
import type { Credentials, RpcClient } from "@libvirt-ts/rpc/client";
import { connectInside, type DriverEntrance, entrance, Server } from "@libvirt-ts/rpc/server";
import { testHosts } from "./hosts.ts";

const US_PER_MS = 1000n;

/** What opening a host may need. */
export interface TestOpenOptions {
  /** Asked by hosts that want to know who comes. */
  readonly credentials?: (about: {
    host: string;
    user: string | undefined;
  }) => Promise<Credentials> | Credentials;
}

/**
 * Opens `test:///default` or `test:///PATH` in this process. All connections to the first that are open at a time
 * share a host; it ends with the last of them.
 */
export function testOpener(): (plan?: unknown, options?: TestOpenOptions) => Promise<RpcClient> {
  const hosts = testHosts({
    hostname: hostname(),
    cpuCount: cpus().length,
    now: () => BigInt(Date.now()) * US_PER_MS,
  });
  return (_plan, { credentials } = {}) => {
    const login = credentials && (() => credentials({ host: "localhost", user: undefined }));
    const own: DriverEntrance = {
      scheme: hosts.scheme,
      services: (uri, client) => hosts.services(uri, client, login),
    };
    const server = new Server({ name: "test", log: silentLogger(), services: entrance([own]) });
    return connectInside(server);
  };
}

/** The test driver for `Connect.open("test:///default", { drivers: { test: openTest } })`. */
export const openTest = testOpener();
