import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { indexSchema, type Schema, type SchemaEntity } from "@libvirt-ts/driver-qemu/command";
import type { Corpus, Row } from "./corpus.ts";

/** JSON as expected files have it (README §3): members in order, two blanks a level, a final newline. */
export const prettyJson = (value: unknown): string =>
  `${JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? Number(each) : each), 2)}\n`;

/** What QEMU returned, from a file with one reply. */
export const replyIn = (text: string): unknown => (JSON.parse(text) as { return: unknown }).return; // QMP's form

/** The documents of a recorded dialogue: texts separated by an empty line. */
export const documentsIn = (text: string): unknown[] =>
  text
    .split(/\n\s*\n/)
    .filter((each) => each.trim() !== "")
    .map((each) => JSON.parse(each) as unknown);

const schemas = new Map<string, Schema>();

/** The QMP schema of the QEMU a case is about (README §2.2); `undefined` where there is none. */
export function schemaOf(row: Row, corpus: Corpus): Schema | undefined {
  const { replies } = (row.qemuCaps ?? {}) as { replies?: string }; // the README's format
  if (replies === undefined) return undefined;
  let schema = schemas.get(replies);
  if (schema === undefined) {
    const documents = gunzipSync(readFileSync(join(corpus.root, replies)))
      .toString()
      .split("\n\n");
    const at = documents.findIndex((document) => document.includes('"query-qmp-schema"'));
    schema = indexSchema((JSON.parse(documents[at + 1] ?? "") as { return: SchemaEntity[] }).return); // QEMU's answer
    schemas.set(replies, schema);
  }
  return schema;
}
