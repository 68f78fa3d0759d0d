import { setTimeout as sleep } from "node:timers/promises";
import {
  type LogLine,
  type LogPiece,
  type LogRange,
  type LogReader,
  linesOf,
  type Panic,
  PanicFinder,
  type ReadOptions,
} from "@libvirt-ts/log-manager/reading";
import { formatLine, formatPanic, formatTable, infoJson, lineJson, put, putJson } from "./output.ts";
import { logsOf } from "./which-log.ts";

/** What every command works on. */
export interface Context {
  readonly reader: LogReader;
  readonly json: boolean;
}

export interface LogContext extends Context {
  readonly path: string;
  readonly range: Partial<LogRange>;
}

export async function list({ reader, json }: Context, domain?: string): Promise<void> {
  const all = await reader.list();
  const logs = domain === undefined ? all : logsOf(all, domain);
  if (json) return putJson(logs.map(infoJson));
  const rows = logs.map(({ dom, isOpen, size, modified, path, problem }) => [
    dom.name,
    isOpen ? (problem ? "failing" : "open") : "-",
    String(size),
    modified === 0n ? "-" : new Date(Number(modified)).toISOString(),
    path,
  ]);
  await put(formatTable([["DOMAIN", "STATE", "BYTES", "WRITTEN", "PATH"], ...rows]));
}

/** Files and guest starts of a log. */
export async function info({ reader, json, path }: LogContext): Promise<void> {
  const { info: about, files, sessions } = await reader.stat(path);
  const starts = sessions.map(({ time }) => new Date(Number(time)));
  const pieces = files.map(({ path: name, size, time }) => {
    return { path: name, size: Number(size), begins: new Date(Number(time)) };
  });
  if (json) return putJson({ ...infoJson(about), files: pieces, starts });
  await put(
    `${about.path}: ${about.size} bytes${about.problem && `, cannot be written: ${about.problem}`}\n`,
  );
  for (const { path: name, size, begins } of pieces)
    await put(`  ${begins.toISOString()}  ${size}  ${name}\n`);
  for (const [index, start] of starts.entries())
    await put(`  start ${index + 1 - starts.length}: ${start.toISOString()}\n`);
}

/** Prints part of a log: byte for byte, or line by line with times. */
export async function show(
  { reader, json, path, range }: LogContext,
  { timestamps = false, ...how }: Pick<ReadOptions, "follow" | "signal"> & { timestamps?: boolean },
): Promise<void> {
  const pieces = reader.read(path, { range, ...how });
  if (json) for await (const line of linesOf(pieces)) await putJson(lineJson(line));
  else if (timestamps) for await (const line of linesOf(pieces)) await put(formatLine(line, true));
  else for await (const { data } of pieces) if (data.length > 0) await put(data);
}

/** @returns whether a line fits */
export async function grep(
  { reader, json, path, range }: LogContext,
  { pattern, maxCount, timestamps }: { pattern: RegExp; maxCount: number; timestamps: boolean },
): Promise<boolean> {
  let count = 0;
  for await (const line of linesOf(reader.read(path, { range }))) {
    if (line.kind !== "line" || !pattern.test(line.text)) continue;
    await (json ? putJson(lineJson(line)) : put(formatLine(line, timestamps)));
    if (++count >= maxCount) break;
  }
  return count > 0;
}

/** Waits for a line, or the begin of one. @returns whether it came in time */
export async function wait(
  { reader, json, path, range }: LogContext,
  { pattern, timeoutMs }: { pattern: RegExp; timeoutMs: number },
): Promise<boolean> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  try {
    const pieces = reader.read(path, { range, follow: true, signal: late.signal });
    for await (const line of linesOf(pieces, { unfinished: true })) {
      if (line.kind !== "line" || !pattern.test(line.text)) continue;
      await (json ? putJson(lineJson(line)) : put(formatLine(line, false)));
      return true;
    }
    return false;
  } finally {
    clearTimeout(timer);
    late.abort();
  }
}

/** Prints a log as fast as it once came. */
export async function replay(
  { reader, path, range }: LogContext,
  { speed, maxPauseMs }: { speed: number; maxPauseMs: number },
): Promise<void> {
  let last: bigint | undefined;
  for await (const { time, data } of reader.read(path, { range })) {
    if (last !== undefined && time > last) await sleep(Math.min(Number(time - last) / speed, maxPauseMs));
    last = time;
    if (data.length > 0) await put(data);
  }
}

/** A report that nobody ends is over after this long without a line. */
const quietMs = 3000;

/** Prints reports of crashed systems. @returns whether there was one */
export async function panics(
  { reader, json, path, range }: LogContext,
  how: Pick<ReadOptions, "follow" | "signal">,
): Promise<boolean> {
  const finder = new PanicFinder();
  let found = false;
  const tell = async (panic: Panic | undefined) => {
    if (!panic) return;
    found = true;
    await (json ? putJson(panic) : put(formatPanic(panic)));
  };
  let quiet: NodeJS.Timeout | undefined;
  const lines: AsyncIterable<LogLine> = linesOf(
    reader.read(path, { range, ...how }) as AsyncIterable<LogPiece>,
  );
  for await (const line of lines) {
    clearTimeout(quiet);
    await tell(finder.push(line));
    if (how.follow) quiet = setTimeout(() => void tell(finder.flush()), quietMs);
  }
  clearTimeout(quiet);
  await tell(finder.flush());
  return found;
}
