import { hostname } from "node:os";
import { silentLogger } from "@libvirt-ts/logging";
import type { RpcClient } from "@libvirt-ts/rpc/client";
import { connectInside, entrance, Server } from "@libvirt-ts/rpc/server";
import { testHosts } from "./hosts.ts";

const US_PER_MS = 1000n;

/**
 * Opens `test:///default` in this process. All connections open at a time share a host; it ends with the last of
 * them.
 */
export function testOpener(): () => Promise<RpcClient> {
  const hosts = testHosts({ hostname: hostname(), now: () => BigInt(Date.now()) * US_PER_MS });
  const server = new Server({ name: "test", log: silentLogger(), services: entrance([hosts]) });
  return () => connectInside(server);
}

/** The test driver for `Connect.open("test:///default", { drivers: { test: openTest } })`. */
export const openTest = testOpener();
