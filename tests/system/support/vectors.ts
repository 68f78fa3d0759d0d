import { readFileSync } from "node:fs";
import { MessageStatus, NetError } from "@libvirt-ts/protocol";
import type { RpcClient } from "@libvirt-ts/rpc/client";
import { decode, encode } from "@libvirt-ts/xdr";
import { expect } from "vitest";

const serialAt = 20;
const statusAt = 24;
const bodyAt = 28;

/** Whole frames recorded from a real daemon, by id. */
export function vectors(file: "lock" | "log" | "admin"): Map<string, Buffer> {
  const url = new URL(`../../../packages/protocol/vectors/${file}.jsonl`, import.meta.url);
  const rows = readFileSync(url, "utf8").trim().split("\n");
  return new Map(
    rows.map((row) => {
      const { id, hex } = JSON.parse(row) as { id: string; hex: string };
      return [id, Buffer.from(hex, "hex")];
    }),
  );
}

/**
 * Sends a recorded request and expects the recorded reply, byte for byte but for the serial and for what an error adds
 * about the holder of a lock.
 */
export async function replay(
  client: RpcClient,
  recorded: Map<string, Buffer>,
  request: string,
  reply: string,
) {
  const sent = Buffer.from(recorded.get(request) ?? []);
  const answer = await client.callRaw(sent);
  const frame = withoutHolder(answer.frame);
  const expected = Buffer.from(recorded.get(reply) ?? []);
  for (const bytes of [frame, expected]) bytes.writeUInt32BE(0, serialAt);
  expect(frame.toString("latin1"), `${request} -> ${reply}`).toBe(expected.toString("latin1"));
}

/** As the C daemon would say it. */
function withoutHolder(frame: Buffer): Buffer {
  if (frame.readUInt32BE(statusAt) !== MessageStatus.ERROR) return frame;
  const error = decode(NetError, frame.subarray(bodyAt));
  const plain = (text: string | null) => text?.replace(/ is locked \(by [^)]*\)$/, " is locked") ?? null;
  const [message, str1, str2] = [plain(error.message), plain(error.str1), plain(error.str2)];
  const body = encode(NetError, { ...error, message, str1, str2 });
  const stripped = Buffer.concat([frame.subarray(0, bodyAt), body]);
  stripped.writeUInt32BE(stripped.length, 0);
  return stripped;
}
