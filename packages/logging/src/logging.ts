import { native } from "@libvirt-ts/native";
import {
  formatFilters,
  formatOutputs,
  type LogFilter,
  type LogOutput,
  type Priority,
  parseFilters,
  parseOutputs,
} from "./filters.ts";
import { type Logger, LogRules, TreeLogger } from "./logger.ts";
import { openSinks, type Sink, type SinkHost, systemSinks } from "./outputs.ts";

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

/** The log of a process: its root logger, and what can be changed while it runs. */
export class Logging {
  readonly root: Logger;
  readonly #name: string;
  readonly #host: SinkHost;
  readonly #rules: LogRules;
  readonly #initialOutputs: readonly LogOutput[];
  #filters: readonly LogFilter[];
  #outputs: readonly LogOutput[];

  /**
   * Opens the outputs. One that cannot be opened is reported on those that can, or on stderr.
   * @throws VirError NONE/INVALID_ARG when filters or outputs do not parse
   */
  constructor(options: LoggerOptions, host: SinkHost = systemSinks(native)) {
    const { name, level = 3, filters = "", outputs = "1:stderr" } = options;
    this.#name = name;
    this.#host = host;
    this.#filters = parseFilters(filters);
    const wanted = parseOutputs(outputs);
    const { sinks, problems } = openSinks(wanted, name, host);
    if (sinks.length === 0 && wanted.length > 0)
      sinks.push(...openSinks(parseOutputs("1:stderr"), name, host).sinks);
    this.#outputs = sinks.map(({ output }) => output);
    this.#initialOutputs = this.#outputs;
    this.#rules = new LogRules(level, this.#filters, sinks);
    this.root = new TreeLogger(this.#rules, name);
    for (const problem of problems) this.root.warn({ problem: problem.message }, "log output left out");
  }

  /** Text of the filters in force. */
  get filters(): string {
    return formatFilters(this.#filters);
  }

  /** Text of the outputs in force. */
  get outputs(): string {
    return formatOutputs(this.#outputs);
  }

  /** @throws VirError NONE/INVALID_ARG; nothing has changed then */
  setFilters(text: string): void {
    this.#filters = parseFilters(text);
    this.#rules.setFilters(this.#filters);
  }

  /**
   * Closes the outputs and opens others; "" stands for those there were at the start.
   * @throws VirError NONE/INVALID_ARG, or SYSTEM_ERROR when one cannot be opened; nothing has changed then
   */
  setOutputs(text: string): void {
    const wanted = parseOutputs(text);
    const { sinks, problems } = openSinks(
      wanted.length > 0 ? wanted : this.#initialOutputs,
      this.#name,
      this.#host,
    );
    if (problems[0]) {
      for (const sink of sinks) sink.close();
      throw problems[0];
    }
    this.#replace(sinks);
  }

  #replace(sinks: readonly Sink[]): void {
    const old = this.#rules.sinks;
    this.#rules.sinks = sinks;
    this.#outputs = sinks.map(({ output }) => output);
    for (const sink of old) sink.close();
  }
}

/** Makes a root logger whose settings stay: see `Logging`. */
export function createLogger(options: LoggerOptions): Logger {
  return new Logging(options).root;
}

/** As `createLogger`, with outputs of the caller's own making (tests, other sinks). */
export function createLoggerFor(o: {
  name: string;
  level: Priority;
  filters?: readonly LogFilter[];
  sinks: readonly Sink[];
}): Logger {
  return new TreeLogger(new LogRules(o.level, o.filters ?? [], o.sinks), o.name);
}

/** Logs nothing: for tests and for callers that have no log. */
export function silentLogger(): Logger {
  return createLoggerFor({ name: "silent", level: 4, sinks: [] });
}
