export {
  type CpuTimes,
  cpuTopology,
  type HostCpu,
  type HostCpus,
  readCpus,
  readCpuTimes,
} from "./cpus.ts";
export { readFact, readNumber } from "./files.ts";
export {
  type HugePages,
  type MemoryFacts,
  type NumaCell,
  readMemory,
  readNumaCells,
} from "./memory.ts";
export { type ProcessFacts, readProcess, readSchedule } from "./process.ts";
export { parseRoutes, type Route, readRoutes } from "./routes.ts";
export { type Run, type RunOptions, type RunResult, run, runHolding, runOrThrow } from "./run.ts";
