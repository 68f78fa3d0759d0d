import { readdirSync, readFileSync } from "node:fs";
import { type Codec, decode, encode } from "@libvirt-ts/xdr";
import { describe, expect, test } from "vitest";
import { programs } from "./every-struct.ts";
import { frame } from "./frame.ts";
import { FRAME_MIN } from "./limits.ts";
import { type Header, MessageStatus, MessageType, readHeader, StreamHole } from "./message.ts";
import { fromNetError, NetError, toNetError } from "./net-error.ts";

/** A recorded packet, see vectors/README.md. */
interface Vector {
  id: string;
  prog: number;
  vers: number;
  procNumber: number;
  type: keyof typeof MessageType;
  serial: number;
  status: keyof typeof MessageStatus;
  length: number;
  nfds?: number;
  payload: string | null;
  value: unknown;
  hex: string;
}

const folder = new URL("../vectors/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
const load = (name: string): Vector[] =>
  readFileSync(new URL(name, folder), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What the packet carries, told from its header alone, as a receiver has to. `null`: nothing, or raw bytes. */
function payloadOf({ prog, proc, type, status }: Header, length: number): Codec<unknown> | null {
  const isAbort = type === MessageType.STREAM && length === FRAME_MIN; // by a client: without a reason
  if (status === MessageStatus.ERROR) return isAbort ? null : NetError;
  if (type === MessageType.STREAM_HOLE) return StreamHole;
  const row = programs.find(({ number }) => number === prog)?.byNumber.get(proc);
  if (row === undefined || type === MessageType.STREAM) return null;
  if (row.kind === "event") return type === MessageType.MESSAGE ? row.msg : null;
  return type === MessageType.CALL || type === MessageType.CALL_WITH_FDS ? row.args : row.ret;
}

/** The recorded JSON as our value: camelCase names, bigint, bytes. */
function asOurs({ schema }: Codec<unknown>, recorded: unknown): unknown {
  // biome-ignore lint/suspicious/noExplicitAny: the schema says what the value is
  const value = recorded as any;
  switch (schema.kind) {
    case "i64":
    case "u64":
      return BigInt(value);
    case "opaque":
    case "bytes":
      return new Uint8Array(Buffer.from(value, "hex"));
    case "charArray":
    case "fixedCharArray":
      return Uint8Array.from(value);
    case "array":
    case "fixedArray":
      return value.map((element: unknown) => asOurs(schema.element, element));
    case "optional":
      return value === null ? null : asOurs(schema.element, value);
    case "struct":
      return Object.fromEntries(
        Object.entries(value).map(([name, field]) => [
          camelCase(name),
          asOurs(schema.fields[camelCase(name)]!, field), // a field we lack fails here
        ]),
      );
    case "union": {
      const { type, ...arm } = value;
      return { type, value: asOurs(schema.arms[type]!, Object.values(arm)[0]) };
    }
    default:
      return value;
  }
}

describe.each(files)("%s", (file) => {
  const vectors = load(file);

  test.each(vectors)("$id", (vector) => {
    const bytes = new Uint8Array(Buffer.from(vector.hex, "hex"));
    const header = readHeader(bytes);
    expect(bytes.length).toBe(vector.length);
    expect(header).toEqual({
      prog: vector.prog,
      vers: vector.vers,
      proc: vector.procNumber,
      type: MessageType[vector.type],
      serial: vector.serial,
      status: MessageStatus[vector.status],
    });
    const codec = payloadOf(header, bytes.length);
    if (vector.payload === null || vector.payload === "raw") {
      expect(codec).toBeNull();
      return;
    }
    const body = bytes.subarray(FRAME_MIN + (vector.nfds === undefined ? 0 : 4));
    expect(codec).not.toBeNull();
    if (codec === null) return;
    const value = decode(codec, body);
    expect(value).toEqual(asOurs(codec, vector.value));
    expect(Buffer.from(encode(codec, value)).toString("hex")).toBe(Buffer.from(body).toString("hex"));
    if (vector.nfds === undefined) expect(frame(header, codec, value)).toEqual(bytes);
  });

  test("errors survive as VirError", () => {
    for (const vector of vectors) {
      if (vector.payload !== "virNetMessageError") continue;
      const wire = decode(NetError, Buffer.from(vector.hex, "hex"), FRAME_MIN);
      expect(toNetError(fromNetError(wire))).toEqual(wire);
    }
  });
});
