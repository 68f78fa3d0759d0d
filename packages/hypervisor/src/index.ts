export { domainAccess, domainAttributes, seenBy } from "./calls/access.ts";
export { checkpointCalls, checkpointHandlers } from "./calls/checkpoints.ts";
export {
  type Affected,
  type AnyDomain,
  affected,
  affectedOne,
  type DomainDriver,
  findDomain,
  findSame,
  type RemoteHandlers,
  refuseBoth,
  wireDomain,
} from "./calls/common.ts";
export { eventHandlers } from "./calls/events.ts";
export { isListed, LIST_FLAGS, listHandlers } from "./calls/list.ts";
export { lookupHandlers } from "./calls/lookup.ts";
export { MomentCalls, refusePairs, requireWith, type WireMoment } from "./calls/moments.ts";
export { paramsReply, STRING_OKAY } from "./calls/params-reply.ts";
export { snapshotCalls, snapshotHandlers } from "./calls/snapshots.ts";
export { cpuMap, cpusOf, packMaps } from "./cpu-map.ts";
export {
  architectures,
  cpuBaseline,
  cpuDriver,
  cpuModelNames,
  formatBaseline,
  hostBaseline,
  readCpus,
} from "./cpus.ts";
export { cputuneOf } from "./cputune.ts";
export { Domain, type DomainWatcher, type NewDomain } from "./domain.ts";
export { DomainEvents, type EventClient, type EventSource } from "./domain-events.ts";
export {
  type DomainEventFields,
  type DomainEventName,
  domainEvents,
  EVENT_ID_LAST,
  OLD_EVENT_ID_LAST,
} from "./event-table.ts";
export { findByAlias, findDevice } from "./find-device.ts";
export {
  memoryLimitTypes,
  memoryParameters,
  numaParameters,
  numaTypes,
  setMemoryLimits,
  setNuma,
} from "./host-limits.ts";
export {
  blkioParameters,
  blkioTypes,
  iotuneFields,
  iotuneParameters,
  perfEvents,
  setBlkio,
} from "./io-limits.ts";
export {
  type AsyncJob,
  type AsyncJobKind,
  asyncJobs,
  DomainJobs,
  type JobKind,
  type JobOwner,
} from "./jobs.ts";
export { KeptDefinition, KeptDefinitions, type KeptDefinitionsOptions } from "./kept-definition.ts";
export { eventOf, type LifecycleEvent, lifecycleEvents, lifecycleNumbers } from "./lifecycle.ts";
export { getMetadata, metadataChange, type NewMetadata, requireMetadataType } from "./metadata.ts";
export { isExternal } from "./moments/list.ts";
export { type Moment, type MomentDef, Moments } from "./moments/moments.ts";
export { prepareRedefinition } from "./moments/redefine.ts";
export {
  mayFollow,
  parseState,
  type Reason,
  type State,
  type StateName,
  stateNumbers,
  states,
} from "./states.ts";
