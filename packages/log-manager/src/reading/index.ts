export { type LogLine, linesOf } from "./lines.ts";
export {
  type LogInfo,
  type LogPiece,
  type LogRange,
  LogReader,
  type ReadOptions,
} from "./log-reader.ts";
export { type Panic, PanicFinder, type PanicKind } from "./panics.ts";
