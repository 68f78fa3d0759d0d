import { setImmediate as turn } from "node:timers/promises";
import { native } from "@libvirt-ts/native";
import { frame, MessageType, remote } from "@libvirt-ts/protocol";

/** A crowd of clients that read nothing. */
export type CrowdOrder =
  | { order: "connect"; path: string; count: number; speak: boolean }
  | { order: "leave" };
export interface CrowdState {
  readonly connected: number;
  /** Whom the full backlog turned away. */
  readonly refused: number;
}

const fds: number[] = [];
const { authList, connectOpen } = remote.procs;
const header = (proc: number, serial: number) => ({
  prog: remote.number,
  vers: 1,
  proc,
  type: MessageType.CALL,
  serial,
  status: 0,
});
const greeting = [
  frame(header(authList.number, 0), null),
  frame(header(connectOpen.number, 1), connectOpen.args, { name: "qemu:///system", flags: 0 }),
];
const EAGAIN = -11;

async function connect({ path, count, speak }: Extract<CrowdOrder, { order: "connect" }>): Promise<number> {
  let refused = 0;
  for (let i = 0; i < count; i++) {
    const fd = native.socketUnix("stream");
    native.setNonBlocking(fd);
    let result = native.connectUnix(fd, path);
    for (let patience = speak ? 100_000 : 0; result === EAGAIN && patience > 0; patience--) {
      await turn();
      result = native.connectUnix(fd, path);
    }
    if (result < 0) {
      refused++;
      native.close(fd);
      continue;
    }
    fds.push(fd);
    if (speak) native.send(fd, greeting);
    await turn();
  }
  return refused;
}

process.on("message", async (message: CrowdOrder) => {
  let refused = 0;
  if (message.order === "connect") refused = await connect(message);
  else for (const fd of fds.splice(0)) native.close(fd);
  const state: CrowdState = { connected: fds.length, refused };
  process.send?.(state);
});
