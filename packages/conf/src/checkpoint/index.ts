export {
  type CheckpointDef,
  type CheckpointDisk,
  type FormatCheckpointOptions,
  formatCheckpoint,
  parseCheckpoint,
} from "./checkpoint.ts";
