import { fstatSync, readFileSync } from "node:fs";
import { type Keys, type LoggingKeys, readConfig, type UnknownKey, type Values } from "@libvirt-ts/config";
import { type LoggerOptions, Logging, parseFilters, parseOutputs } from "@libvirt-ts/logging";
import { ExitCode, StartFailure } from "./start-failure.ts";

/**
 * Reads a daemon's configuration file.
 * @param mayMiss the default file need not exist; one named by hand must
 * @throws StartFailure `config`
 */
export function loadConfig<K extends Keys>(
  keys: K,
  file: string,
  mayMiss: boolean,
): { values: Values<K>; unknown: UnknownKey[] } {
  return asConfigFailure("", () => readConfig(keys, readText(file, mayMiss), file));
}

function readText(file: string, mayMiss: boolean): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (mayMiss && (error as NodeJS.ErrnoException).code === "ENOENT") return ""; // readFileSync throws nothing else
    throw error;
  }
}

const levelNames: Record<string, 1 | 2 | 3 | 4> = { debug: 1, info: 2, warning: 3, error: 4 };
const levelNumbers: Record<string, 1 | 2 | 3 | 4> = { 1: 1, 2: 2, 3: 3, 4: 4 };

/**
 * What the root logger is to do. The environment (LIBVIRT_DEBUG, LIBVIRT_LOG_FILTERS, LIBVIRT_LOG_OUTPUTS) goes
 * before the file; `-v` makes information visible.
 * @param file where a daemon in the background logs when nobody said otherwise
 */
export function loggerOptions(o: {
  name: string;
  values: Values<LoggingKeys>;
  env: Readonly<Record<string, string | undefined>>;
  verbose: boolean;
  inBackground: boolean;
  file: string;
  /** Whether stderr leads to the journal: then the journal is told directly, with all fields. */
  stderrIsJournal: boolean;
}): LoggerOptions {
  const debug = o.env.LIBVIRT_DEBUG ?? "";
  const level = levelNumbers[debug] ?? levelNames[debug] ?? levelNumbers[o.values.log_level] ?? 3;
  return {
    name: o.name,
    level: o.verbose && level > 2 ? 2 : level,
    filters: o.env.LIBVIRT_LOG_FILTERS || o.values.log_filters,
    outputs: o.env.LIBVIRT_LOG_OUTPUTS || o.values.log_outputs || defaultOutputs(o),
  };
}

function defaultOutputs(o: { inBackground: boolean; file: string; stderrIsJournal: boolean }): string {
  if (o.inBackground) return `1:file:${o.file}`;
  return o.stderrIsJournal ? "1:journald" : "1:stderr";
}

/** @param stream JOURNAL_STREAM: device and inode of what systemd has connected to the journal for us */
export function isJournal(stream: string | undefined, fd: number): boolean {
  if (stream === undefined) return false;
  const { dev, ino } = fstatSync(fd);
  return stream === `${dev}:${ino}`;
}

/** Opens nothing. @throws StartFailure `config` when filters or outputs do not parse */
export function checkLogKeys({ log_filters, log_outputs }: Values<LoggingKeys>): void {
  asConfigFailure("", () => [parseFilters(log_filters ?? ""), parseOutputs(log_outputs ?? "")]);
}

/** @throws StartFailure `config` when filters or outputs do not parse */
export function openLog(options: LoggerOptions, configFile: string, unknown: readonly UnknownKey[]): Logging {
  const logging = asConfigFailure(`${configFile}: `, () => new Logging(options));
  for (const { key, line } of unknown)
    logging.root.warn({ file: configFile, line, key }, "unknown configuration key");
  return logging;
}

function asConfigFailure<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartFailure(ExitCode.config, `Can't load config file: ${where}${why}`, { cause });
  }
}
