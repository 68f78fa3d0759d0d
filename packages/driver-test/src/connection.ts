import { hostname } from "node:os";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { silentLogger } from "@libvirt-ts/logging";
import { native } from "@libvirt-ts/native";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { Server, UnixSocket } from "@libvirt-ts/rpc/server";
import { openTestDriver } from "./open.ts";
import { testService } from "./service.ts";

const US_PER_MS = 1000n;

/**
 * Opens `test:///default` in this process: messages go through a pair of sockets, so that order, bounds and
 * streams are those of a daemon. All connections open at a time share a host; it ends with the last of them.
 */
export function testOpener(): () => Promise<RpcClient> {
  let running: Server | undefined;
  return () => {
    running ??= serve(() => {
      running = undefined;
    });
    const ends = native.socketpair("stream");
    if (typeof ends === "number") throw systemError(ErrorDomain.TEST, -ends, "cannot make a pair of sockets");
    const [ours, theirs] = ends;
    const peer = { pid: process.pid, uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };
    running.serve((events) => new UnixSocket(native, ours, events), peer);
    return RpcClient.connect(theirs);
  };
}

/** The test driver for `Connect.open("test:///default", { drivers: { test: openTest } })`. */
export const openTest = testOpener();

function serve(ended: () => void): Server {
  const driver = openTestDriver({
    hostname: hostname(),
    now: () => BigInt(Date.now()) * US_PER_MS,
  });
  const server = new Server({ name: "test", log: silentLogger(), services: [testService(driver)] });
  server.onIdle(ended);
  return server;
}
