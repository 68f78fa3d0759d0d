export { alignCheckpointDisks } from "./align.ts";
export {
  type CheckpointDef,
  type CheckpointDisk,
  type FormatCheckpointOptions,
  formatCheckpoint,
  parseCheckpoint,
} from "./checkpoint.ts";
