import type { Priority } from "./filters.ts";

/** One message, ready for any output. */
export interface LogRecord {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly priority: Priority;
  readonly mod: string;
  readonly message: string;
  /** Bound fields first, then those of the call. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const names: Record<Priority, string> = { 1: "debug", 2: "info", 3: "warning", 4: "error" };

/**
 * A line as libvirt writes it, fields behind the message:
 * `2026-11-23 03:26:22.902+0000: 2307: error : qemu.monitor : guest disk error domain=vm1`.
 * An error's stack follows on lines of its own.
 */
export function formatLine(record: LogRecord, pid: number): string {
  const time = new Date(record.timeMs).toISOString().replace("T", " ").replace("Z", "+0000");
  return `${time}: ${pid}: ${names[record.priority]} : ${record.mod} : ${formatText(record)}`;
}

/** Message and fields, with a line end; for outputs that note time and origin by themselves. */
export function formatText({ message, fields }: LogRecord): string {
  let line = message;
  let tail = "";
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Error) {
      line += ` ${name}=${JSON.stringify(value.message)}`;
      tail += stackOf(value);
    } else if (value !== undefined) {
      line += ` ${name}=${formatValue(value)}`;
    }
  }
  return `${line}\n${tail}`;
}

/** A value that reads as one word, quoted where it would not. */
export function formatValue(value: unknown): string {
  if (typeof value === "string") return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? inner.toString() : inner));
  } catch (error) {
    return error instanceof TypeError ? "[circular]" : String(error); // logging must not fail
  }
}

function stackOf(error: Error): string {
  const own = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const cause =
    error.cause instanceof Error ? `    caused by ${error.cause.message}\n${stackOf(error.cause)}` : "";
  return own.map((line) => `${line}\n`).join("") + cause;
}
