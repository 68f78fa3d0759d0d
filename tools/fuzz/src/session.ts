import { closeSync, openSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { native } from "@libvirt-ts/native";
import { MessageType, remote } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { encode } from "@libvirt-ts/xdr";
import { mutate, packet, randomCall } from "./packets.ts";
import type { Random } from "./random.ts";

const { procs, number: prog } = remote;

export interface Target {
  readonly socket: string;
  /** Packets that real clients sent. */
  readonly recorded: readonly Buffer[];
}

/** What it is told first, so that it listens at all. */
function greetings(random: Random): Buffer[] {
  if (random.oneIn(10)) return [];
  const auth = packet({ prog, proc: procs.authList.number });
  if (random.oneIn(10) || procs.connectOpen.args === null) return [auth];
  const open = encode(procs.connectOpen.args, { name: "qemu:///system", flags: random.oneIn(4) ? 1 : 0 });
  return [auth, packet({ prog, proc: procs.connectOpen.number }, open)];
}

const nextPacket = (random: Random, recorded: readonly Buffer[]): Buffer =>
  mutate(recorded.length > 0 && random.oneIn(3) ? random.pick(recorded) : randomCall(random), random);

/** One connection from beginning to end. @returns packets sent */
export async function session({ socket: path, recorded }: Target, random: Random): Promise<number> {
  if (random.oneIn(12)) return withDescriptors(path, random);
  const socket = await dial(path);
  const count = 1 + random.below(40);
  const reads = !random.oneIn(6);
  if (reads) socket.resume();
  let sent = 0;
  try {
    for (const each of greetings(random)) socket.write(each);
    while (sent < count && !socket.destroyed && socket.writable) {
      await write(socket, nextPacket(random, recorded), random);
      sent++;
    }
    if (random.oneIn(2)) await turn();
  } finally {
    if (random.oneIn(2)) socket.destroy();
    else await closed(socket);
  }
  return sent;
}

/** In one piece, or in two with a pause between them. */
async function write(socket: Socket, bytes: Buffer, random: Random): Promise<void> {
  const at = random.oneIn(3) ? random.below(bytes.length + 1) : bytes.length;
  socket.write(bytes.subarray(0, at));
  if (at === bytes.length) return;
  await turn();
  socket.write(bytes.subarray(at));
}

/** Descriptors with calls that take them, and with those that do not; sometimes fewer than said. */
async function withDescriptors(path: string, random: Random): Promise<number> {
  const fd = native.socketUnix("stream");
  if (native.connectUnix(fd, path) < 0) throw new Error(`nobody on ${path}`);
  native.setNonBlocking(fd, true);
  const file = openSync("/dev/null", "r");
  try {
    const bytes = Buffer.concat(greetings(random));
    native.send(fd, [bytes]);
    const call = randomCall(random);
    const count = random.below(34);
    const body = Buffer.concat([Buffer.from([0, 0, 0, count]), call.subarray(28)]);
    const head = { prog: call.readUInt32BE(4), proc: call.readUInt32BE(12), type: MessageType.CALL_WITH_FDS };
    native.send(fd, [packet(head, body)]);
    const behind = random.oneIn(3) ? random.below(count + 1) : count;
    for (let i = 0; i < behind; i++) native.send(fd, [Buffer.alloc(1)], [file]);
    await turn();
    return 1;
  } finally {
    closeSync(file);
    native.close(fd);
  }
}

/** A client that does nothing wrong, for the end of a run: whether it is served. */
export async function isServed(path: string): Promise<boolean> {
  const client = await RpcClient.connect(path);
  try {
    await client.call(procs.authList, undefined);
    await client.call(procs.connectOpen, { name: "qemu:///system", flags: 0 });
    await client.call(procs.connectGetLibVersion, undefined);
    return true;
  } finally {
    client.close();
  }
}

function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.off("error", reject).on("error", () => {}); // hanging up on us is an answer
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

/** Says good-bye and waits a little for the other side to do so. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) return resolve();
    const give = setTimeout(() => socket.destroy(), 200);
    socket.once("close", () => {
      clearTimeout(give);
      resolve();
    });
    socket.resume();
    socket.end();
  });
}
