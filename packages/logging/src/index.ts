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
export { createLogger, createLoggerFor, type Logger, type LoggerOptions, silentLogger } from "./logger.ts";
export type { Sink } from "./outputs.ts";
