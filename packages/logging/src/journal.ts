import { VirError } from "@libvirt-ts/errors";
import { formatText, formatValue, type LogRecord } from "./line.ts";
import { daemonFacility, severities } from "./syslog.ts";

/** A field beyond this is cut, so that the entry fits into a datagram (212,992 bytes by default). */
const maxFieldBytes = 32_768;
const maxFields = 64;

/**
 * One datagram in systemd's journal protocol. Fields are those libvirt sends (MESSAGE, PRIORITY, LIBVIRT_SOURCE;
 * LIBVIRT_DOMAIN and LIBVIRT_CODE of an error), and each fact of the record as LIBVIRT_FIELD_NAME.
 * @see systemd.io/JOURNAL_NATIVE_PROTOCOL: values with a line end are preceded by their length, 64 bit little endian
 */
export function journalEntry(record: LogRecord, name: string, pid: number): Buffer {
  const { err } = record.fields;
  const facts = Object.entries(record.fields).filter(([, value]) => value !== undefined);
  const rows: [key: string, value: string][] = [
    ["MESSAGE", formatText(record).trimEnd()],
    ["PRIORITY", String(severities[record.priority])],
    ["SYSLOG_FACILITY", String(daemonFacility)],
    ["SYSLOG_IDENTIFIER", name],
    ["SYSLOG_PID", String(pid)],
    ["LIBVIRT_SOURCE", record.mod],
    ...(err instanceof VirError
      ? [pair("LIBVIRT_DOMAIN", String(err.domain)), pair("LIBVIRT_CODE", String(err.code))]
      : []),
    ...facts.slice(0, maxFields).map(([key, value]) => pair(`LIBVIRT_FIELD_${fieldName(key)}`, plain(value))),
  ];
  return Buffer.concat(rows.map(([key, value]) => field(key, value)));
}

const pair = (key: string, value: string): [string, string] => [key, value];

function plain(value: unknown): string {
  return typeof value === "string" ? value : value instanceof Error ? value.message : formatValue(value);
}

/** `memoryKiB` -> `MEMORY_KI_B`: upper case letters, digits and underscores are all a name may have. */
function fieldName(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, "_");
}

function field(key: string, value: string): Buffer {
  const bytes = Buffer.from(value, "utf8").subarray(0, maxFieldBytes);
  if (!bytes.includes(0x0a)) return Buffer.concat([Buffer.from(`${key}=`), bytes, Buffer.from("\n")]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from(`${key}\n`), length, bytes, Buffer.from("\n")]);
}
