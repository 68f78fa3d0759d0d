import { type LevelWithSilent, type Logger as PinoLogger, pino } from "pino";
import { filterFor, type LogFilter, type Priority, parseFilters, parseOutputs } from "./filters.ts";
import type { LogRecord } from "./line.ts";
import { openSinks, type Sink } from "./outputs.ts";

/**
 * `log.info({ domain, bytes }, "constant message")`. `log.child({ mod: "qemu.monitor" })` names the module
 * `log_filters` match on; other bound fields stand in every line of the child.
 */
export type Logger = PinoLogger;

export interface LoggerOptions {
  /** Module name of the root, usually the daemon's name. */
  name: string;
  /** Least severe priority logged where no filter says otherwise. Default 3 (warning). */
  level?: Priority;
  /** Text of `log_filters`. */
  filters?: string | undefined;
  /** Text of `log_outputs`; default is stderr with everything that passes the filters. */
  outputs?: string | undefined;
}

const pinoLevels: Record<Priority, LevelWithSilent> = { 1: "debug", 2: "info", 3: "warn", 4: "error" };

/**
 * Makes the root logger. Outputs are synchronous; a disabled level costs a no-op call.
 * An output that cannot be opened is reported on those that can, or on stderr.
 * @throws VirError NONE/INVALID_ARG when filters or outputs do not parse
 */
export function createLogger({ name, level = 3, filters = "", outputs = "1:stderr" }: LoggerOptions): Logger {
  const wanted = parseOutputs(outputs);
  const opened = openSinks(wanted);
  const sinks =
    opened.sinks.length > 0 || wanted.length === 0 ? opened.sinks : openSinks(parseOutputs("1:stderr")).sinks;
  const logger = createLoggerFor({ name, level, filters: parseFilters(filters), sinks });
  for (const problem of opened.problems) logger.warn({ problem }, "log output left out");
  return logger;
}

/** As `createLogger`, with outputs of the caller's own making (tests, other sinks). */
export function createLoggerFor(o: {
  name: string;
  level: Priority;
  filters?: readonly LogFilter[];
  sinks: readonly Sink[];
}): Logger {
  const priorityOf = filterFor(o.filters ?? [], o.level);
  const levelOf = (mod: string) => (o.sinks.length === 0 ? "silent" : pinoLevels[priorityOf(mod)]);
  return pino(
    {
      level: levelOf(o.name),
      base: null,
      onChild: (child) => {
        child.level = levelOf(boundFields(child, o.name).mod);
      },
    },
    new RecordStream(o.name, o.sinks),
  );
}

/** Logs nothing: for tests and for callers that have no log. */
export function silentLogger(): Logger {
  return createLoggerFor({ name: "silent", level: 4, sinks: [] });
}

const bound = new WeakMap<Logger, { mod: string; fields: Record<string, unknown> }>();

/** Bound fields are parsed from pino's text once a logger, not once a line. */
function boundFields(logger: Logger, rootName: string): { mod: string; fields: Record<string, unknown> } {
  let known = bound.get(logger);
  if (!known) {
    const { mod = rootName, ...fields } = logger.bindings();
    known = { mod: String(mod), fields };
    bound.set(logger, known);
  }
  return known;
}

const metadata = Symbol.for("pino.metadata");

/** Receives pino's last message as values instead of as text (pino's metadata protocol). */
class RecordStream {
  readonly [metadata] = true;
  readonly #name: string;
  readonly #sinks: readonly Sink[];
  declare lastLevel: number;
  declare lastMsg: string | undefined;
  declare lastObj: Record<string, unknown> | null | undefined;
  declare lastTime: string | number;
  declare lastLogger: Logger;

  constructor(name: string, sinks: readonly Sink[]) {
    this.#name = name;
    this.#sinks = sinks;
  }

  write(): void {
    const { mod, fields } = boundFields(this.lastLogger, this.#name);
    const record: LogRecord = {
      timeMs: Number(this.lastTime),
      priority: priorityOfLevel(this.lastLevel),
      mod,
      message: this.lastMsg ?? "",
      fields: { ...fields, ...this.lastObj },
    };
    for (const sink of this.#sinks) if (record.priority >= sink.output.priority) sink.write(record);
  }
}

function priorityOfLevel(level: number): Priority {
  return level >= 50 ? 4 : level >= 40 ? 3 : level >= 30 ? 2 : 1;
}
