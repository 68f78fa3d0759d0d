export type { DaemonAbout } from "./about.ts";
export { type OptionRow, options } from "./options.ts";
export { type DaemonFiles, daemonFiles, type Paths, paths } from "./paths.ts";
export { groupId, runDaemon } from "./run-daemon.ts";
export { Security } from "./security.ts";
export { bindSocket } from "./sockets.ts";
export type { DaemonContext, DaemonKind, DaemonSpec, HandOver, Programs } from "./spec.ts";
export { ExitCode, StartFailure } from "./start-failure.ts";
export { libraryVersion, versionText } from "./version.ts";
