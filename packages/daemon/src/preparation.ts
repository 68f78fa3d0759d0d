import { readFileSync } from "node:fs";
import { type Keys, type LoggingKeys, readConfig, type UnknownKey, type Values } from "@libvirt-ts/config";
import { createLogger, type Logger, type LoggerOptions } from "@libvirt-ts/logging";
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
  try {
    return readConfig(keys, readText(file, mayMiss), file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartFailure(ExitCode.config, `Can't load config file: ${why}`, { cause: error });
  }
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
}): LoggerOptions {
  const debug = o.env.LIBVIRT_DEBUG ?? "";
  const level = levelNumbers[debug] ?? levelNames[debug] ?? levelNumbers[o.values.log_level] ?? 3;
  return {
    name: o.name,
    level: o.verbose && level > 2 ? 2 : level,
    filters: o.env.LIBVIRT_LOG_FILTERS || o.values.log_filters,
    outputs:
      o.env.LIBVIRT_LOG_OUTPUTS || o.values.log_outputs || (o.inBackground ? `1:file:${o.file}` : "1:stderr"),
  };
}

/** @throws StartFailure `config` when filters or outputs do not parse */
export function openLog(options: LoggerOptions, configFile: string, unknown: readonly UnknownKey[]): Logger {
  let log: Logger;
  try {
    log = createLogger(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartFailure(ExitCode.config, `Can't load config file: ${configFile}: ${why}`, {
      cause: error,
    });
  }
  for (const { key, line } of unknown) log.warn({ file: configFile, line, key }, "unknown configuration key");
  return log;
}
