import { filterFor, type LogFilter, type Priority } from "./filters.ts";
import type { LogRecord } from "./line.ts";
import type { Sink } from "./outputs.ts";

/** Facts of a message; an `Error` (usually as `err`) shows its text and stack. */
export type Fields = object;

export interface LogMethod {
  (fields: Fields, message?: string): void;
  (message: string): void;
}

/**
 * `log.info({ domain, bytes }, "constant message")`. `log.child({ mod: "qemu.monitor" })` names the module
 * `log_filters` match on; other bound fields stand in every line of the child.
 * These are the methods of a pino logger, which may stand in wherever one is asked for.
 */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  child(fields: Fields): Logger;
  /** For messages whose facts cost something to find out. */
  isLevelEnabled(level: "debug" | "info" | "warn" | "error"): boolean;
}

const priorities = { debug: 1, info: 2, warn: 3, error: 4 } as const;

/** What all loggers of a tree share; `change` applies to all of them at once. */
export class LogRules {
  sinks: readonly Sink[];
  /** Counts changes of the filters: loggers keep what the filters said about their module. */
  generation = 0;
  readonly #level: Priority;
  #priorityOf: (mod: string) => Priority;

  constructor(level: Priority, filters: readonly LogFilter[], sinks: readonly Sink[]) {
    this.sinks = sinks;
    this.#level = level;
    this.#priorityOf = filterFor(filters, level);
  }

  setFilters(filters: readonly LogFilter[]): void {
    this.#priorityOf = filterFor(filters, this.#level);
    this.generation += 1;
  }

  /** @returns the least severe priority that is logged of a module */
  priorityOf(mod: string): Priority {
    return this.#priorityOf(mod);
  }
}

/** A logger; a level that is off costs two comparisons. */
export class TreeLogger implements Logger {
  readonly #rules: LogRules;
  readonly #mod: string;
  readonly #fields: Readonly<Record<string, unknown>>;
  #generation = -1;
  #from: Priority = 4;

  constructor(rules: LogRules, mod: string, fields: Readonly<Record<string, unknown>> = {}) {
    this.#rules = rules;
    this.#mod = mod;
    this.#fields = fields;
  }

  debug(first: Fields | string, message?: string): void {
    this.#log(1, first, message);
  }

  info(first: Fields | string, message?: string): void {
    this.#log(2, first, message);
  }

  warn(first: Fields | string, message?: string): void {
    this.#log(3, first, message);
  }

  error(first: Fields | string, message?: string): void {
    this.#log(4, first, message);
  }

  child(fields: Fields): Logger {
    const { mod = this.#mod, ...own } = fields as Record<string, unknown>; // any object is read by its keys
    return new TreeLogger(this.#rules, String(mod), { ...this.#fields, ...own });
  }

  isLevelEnabled(level: keyof typeof priorities): boolean {
    return this.#isOn(priorities[level]);
  }

  #isOn(priority: Priority): boolean {
    if (this.#generation !== this.#rules.generation) {
      this.#generation = this.#rules.generation;
      this.#from = this.#rules.priorityOf(this.#mod);
    }
    return priority >= this.#from;
  }

  #log(priority: Priority, first: Fields | string, message: string | undefined): void {
    if (!this.#isOn(priority) || this.#rules.sinks.length === 0) return;
    const own = typeof first === "string" ? {} : first instanceof Error ? { err: first } : first;
    const record: LogRecord = {
      timeMs: Date.now(),
      priority,
      mod: this.#mod,
      message: typeof first === "string" ? first : (message ?? (first instanceof Error ? first.message : "")),
      fields: { ...this.#fields, ...own },
    };
    for (const sink of this.#rules.sinks) if (priority >= sink.output.priority) sink.write(record);
  }
}
