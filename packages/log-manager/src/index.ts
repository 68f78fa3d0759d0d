export { fileLogManager } from "./files.ts";
export type { LogDomain, LogManager, LogPosition, OpenedLog } from "./log-manager.ts";
export { logdManager } from "./logd.ts";
