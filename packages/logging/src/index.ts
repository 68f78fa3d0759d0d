export {
  formatFilters,
  formatOutputs,
  type LogFilter,
  type LogOutput,
  type Priority,
  parseFilters,
  parseOutputs,
} from "./filters.ts";
export { formatLine, type LogRecord } from "./line.ts";
export type { Fields, Logger, LogMethod } from "./logger.ts";
export { createLogger, createLoggerFor, type LoggerOptions, Logging, silentLogger } from "./logging.ts";
export type { Sink } from "./outputs.ts";
