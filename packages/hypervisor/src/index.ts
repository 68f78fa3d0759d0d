export {
  type AsyncJob,
  type AsyncJobKind,
  asyncJobs,
  DomainJobs,
  type JobKind,
  type JobOwner,
} from "./jobs.ts";
export { eventOf, type LifecycleEvent, lifecycleEvents, lifecycleNumbers } from "./lifecycle.ts";
export {
  mayFollow,
  parseState,
  type Reason,
  type State,
  type StateName,
  stateNumbers,
  states,
} from "./states.ts";
