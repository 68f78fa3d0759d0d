export { parseRoutes, type Route, readRoutes } from "./routes.ts";
export { type Run, type RunOptions, type RunResult, run, runOrThrow } from "./run.ts";
