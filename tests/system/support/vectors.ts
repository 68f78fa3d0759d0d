import { readFileSync } from "node:fs";
import type { RpcClient } from "@libvirt-ts/rpc/client";
import { expect } from "vitest";

const serialAt = 20;

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

/** Sends a recorded request and expects the recorded reply, byte for byte but for the serial. */
export async function replay(
  client: RpcClient,
  recorded: Map<string, Buffer>,
  request: string,
  reply: string,
) {
  const sent = Buffer.from(recorded.get(request) ?? []);
  const { frame } = await client.callRaw(sent);
  const expected = Buffer.from(recorded.get(reply) ?? []);
  for (const bytes of [frame, expected]) bytes.writeUInt32BE(0, serialAt);
  expect(frame.toString("latin1"), `${request} -> ${reply}`).toBe(expected.toString("latin1"));
}
