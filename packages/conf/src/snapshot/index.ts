export { type AlignSnapshotOptions, alignSnapshotDisks } from "./align.ts";
export type { SnapshotDisk } from "./disk.ts";
export { type FormatSnapshotOptions, formatSnapshot, parseSnapshot } from "./parse.ts";
export { type SnapshotDef, type SnapshotState, snapshotStates } from "./snapshot.ts";
