import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import { native } from "@libvirt-ts/native";
import { RpcClient } from "../client/index.ts";
import { UnixSocket } from "../socket.ts";
import type { Server } from "./server.ts";

/**
 * A client of a server in the same process: messages go through a pair of sockets, so that order, bounds and streams
 * are those of a daemon.
 */
export function connectInside(server: Server): Promise<RpcClient> {
  const ends = native.socketpair("stream");
  if (typeof ends === "number") throw systemError(ErrorDomain.RPC, -ends, "cannot make a pair of sockets");
  const [ours, theirs] = ends;
  const peer = { pid: process.pid, uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };
  server.serve((events) => new UnixSocket(native, ours, events), peer);
  return RpcClient.connect(theirs);
}
