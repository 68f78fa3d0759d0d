import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { XmlElement, XmlWriter } from "@libvirt-ts/xml";

/** Settings of a migration as QEMU names them, in the order they are written, and how their values look. */
const known = {
  "compress-level": "int",
  "compress-threads": "int",
  "decompress-threads": "int",
  "cpu-throttle-initial": "int",
  "cpu-throttle-increment": "int",
  "tls-creds": "string",
  "tls-hostname": "string",
  "max-bandwidth": "size",
  "downtime-limit": "size",
  "block-incremental": "boolean",
  "xbzrle-cache-size": "size",
  "max-postcopy-bandwidth": "size",
  "multifd-channels": "int",
  "multifd-compression": "string",
  "multifd-zlib-level": "int",
  "multifd-zstd-level": "int",
  "avail-switchover-bandwidth": "size",
} as const;
export type MigrationParam = keyof typeof known;
const names = Object.keys(known) as MigrationParam[]; // its own keys

/** What is set; sizes are `bigint`. */
export type MigrationParams = { [name in MigrationParam]?: number | bigint | string | boolean };

/** From the answer of `query-migrate-parameters`: what we know of and QEMU has. */
export function readMigrationParams(reply: Readonly<Record<string, unknown>>): MigrationParams {
  const params: MigrationParams = {};
  for (const name of names) {
    const value = reply[name];
    if (value === undefined) continue;
    const isSize = known[name] === "size" && typeof value === "number";
    if (isSize) params[name] = BigInt(value);
    else if (typeof value === jsType[known[name]]) params[name] = value as string; // just seen
  }
  return params;
}

const jsType = { int: "number", size: "bigint", string: "string", boolean: "boolean" } as const;

/** The arguments of `migrate-set-parameters`. */
export function migrationArguments(params: MigrationParams): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])),
  );
}

/** `<migParams>` of a status file. */
export function writeMigrationParams(params: MigrationParams, writer: XmlWriter): void {
  writer.open("migParams");
  writer.startBody();
  for (const name of names) {
    const value = params[name];
    if (value === undefined) continue;
    writer.open("param");
    writer.attr("name", name);
    writer.attr("value", typeof value === "boolean" ? (value ? "yes" : "no") : String(value));
    writer.close("param");
  }
  writer.close("migParams");
}

/** @throws VirError INTERNAL_ERROR for values that are none */
export function parseMigrationParams(element: XmlElement): MigrationParams {
  const params: MigrationParams = {};
  for (const { name: tag, attrs } of element.children) {
    if (tag !== "param") continue;
    const { name = "", value } = attrs;
    if (value === undefined || !Object.hasOwn(known, name)) throw malformed(name);
    const param = name as MigrationParam; // just looked up
    params[param] = parseValue(param, value);
  }
  return params;
}

function parseValue(name: MigrationParam, text: string) {
  const kind = known[name];
  if (kind === "string") return text;
  if (kind === "boolean" && (text === "yes" || text === "no")) return text === "yes";
  if (kind === "boolean" || !/^\d{1,20}$/.test(text)) throw malformed(name);
  return kind === "size" ? BigInt(text) : Number(text);
}

const malformed = (name: string) =>
  new VirError(
    ErrorDomain.QEMU,
    ErrorCode.INTERNAL_ERROR,
    `malformed migration parameter '${name}' in status file`,
  );
