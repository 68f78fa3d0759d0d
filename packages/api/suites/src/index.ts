export { describeHypervisor, describeTestDriver } from "./all.ts";
export type { Difference } from "./differences.ts";
export { describeDomainLifecycle } from "./domain-lifecycle.ts";
export { type Calls, noCalls } from "./recorded.ts";
export type { Target } from "./target.ts";
