export { recordedCalls } from "./recorded.ts";
export { type RunOptions, type RunResult, run } from "./run.ts";
export { isServed } from "./session.ts";
export { type Figures, figures, HealthyClient } from "./watch.ts";
