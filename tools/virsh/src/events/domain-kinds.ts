import { paramText } from "../support/params.ts";
import type { EventKind } from "./watch.ts";
import { kind } from "./watch.ts";

/** The word for a number, by its place. */
const word = (words: readonly string[], number: number): string => words[number] ?? "unknown";

const lifecycle = [
  "Defined",
  "Undefined",
  "Started",
  "Suspended",
  "Resumed",
  "Stopped",
  "Shutdown",
  "PMSuspended",
  "Crashed",
];
/** What happened in detail, by the kind of change. */
const details: readonly (readonly string[])[] = [
  ["Added", "Updated", "Renamed", "Snapshot"],
  ["Removed", "Renamed"],
  ["Booted", "Migrated", "Restored", "Snapshot", "Event wakeup"],
  [
    "Paused",
    "Migrated",
    "I/O Error",
    "Watchdog",
    "Restored",
    "Snapshot",
    "API error",
    "Post-copy",
    "Post-copy Error",
  ],
  ["Unpaused", "Migrated", "Snapshot", "Post-copy", "Post-copy Error"],
  ["Shutdown", "Destroyed", "Crashed", "Migrated", "Saved", "Failed", "Snapshot"],
  ["Finished", "Finished after guest request", "Finished after host request"],
  ["Memory", "Disk"],
  ["Panicked", "Crashloaded"],
];
const watchdogActions = ["none", "pause", "reset", "poweroff", "shutdown", "debug", "inject-nmi"];
const ioErrorActions = ["none", "pause", "report"];
const graphicsPhases = ["connect", "initialize", "disconnect"];
const graphicsFamilies = ["IPv4", "IPv6", "unix"];
const blockJobs = [
  "Unknown job",
  "Block Pull",
  "Block Copy",
  "Block Commit",
  "Active Block Commit",
  "Backup",
];
const blockJobStates = ["completed", "failed", "canceled", "ready"];
const diskReasons = ["unmapped", "missing-on-start", "dropped"];
const trayReasons = ["opened", "closed"];
const agentStates = ["unknown", "connected", "disconnected"];
const agentReasons = ["unknown", "domain started", "channel event"];
const metadataTypes = ["description", "title", "element"];
const failureRecipients = ["hypervisor", "guest"];
const failureActions = ["ignore", "inject", "fatal", "reset"];

interface Named {
  readonly dom: { readonly name: string };
}
const about = (name: string, { dom }: Named, rest = ""): string =>
  `event '${name}' for domain '${dom.name}'${rest}`;

const lines = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([field, value]) => `\n\t${field}: ${paramText(value as number | bigint | string | boolean)}`) // typed parameters
    .join("");

/** All kinds, in libvirt's order. */
export const domainKinds: readonly EventKind[] = [
  kind("lifecycle", "domain.lifecycle", (event) =>
    about(
      "lifecycle",
      event,
      `: ${word(lifecycle, event.event)} ${word(details[event.event] ?? [], event.detail)}`,
    ),
  ),
  kind("reboot", "domain.reboot", (event) => about("reboot", event)),
  kind("rtc-change", "domain.rtcChange", (event) => about("rtc-change", event, `: ${event.offset}`)),
  kind("watchdog", "domain.watchdog", (event) =>
    about("watchdog", event, `: ${word(watchdogActions, event.action)}`),
  ),
  kind("io-error", "domain.ioError", (event) =>
    about("io-error", event, `: ${event.srcPath} (${event.devAlias}) ${word(ioErrorActions, event.action)}`),
  ),
  kind("graphics", "domain.graphics", (event) => {
    const address = ({ family, node, service }: { family: number; node: string; service: string }) =>
      `${word(graphicsFamilies, family)}[${node}:${service}]`;
    const head = `${word(graphicsPhases, event.phase)} local: ${address(event.local)} remote: ${address(event.remote)}`;
    const subject = event.subject.map(({ type, name }) => `\n\t${type}=${name}`).join("");
    return about("graphics", event, ` ${head} auth: ${event.authScheme}${subject}`);
  }),
  kind("io-error-reason", "domain.ioErrorReason", (event) =>
    about(
      "io-error-reason",
      event,
      `: ${event.srcPath} (${event.devAlias}) ${word(ioErrorActions, event.action)} due to ${event.reason}`,
    ),
  ),
  kind("control-error", "domain.controlError", (event) => about("control-error", event)),
  kind("block-job", "domain.blockJob", (event) =>
    about(
      "block-job",
      event,
      `: ${word(blockJobs, event.type)} for ${event.path} ${word(blockJobStates, event.status)}`,
    ),
  ),
  kind("disk-change", "domain.diskChange", (event) =>
    about(
      "disk-change",
      event,
      ` disk ${event.devAlias}: ${event.oldSrcPath ?? ""} -> ${event.newSrcPath ?? ""}: ${word(diskReasons, event.reason)}`,
    ),
  ),
  kind("tray-change", "domain.trayChange", (event) =>
    about("tray-change", event, ` disk ${event.devAlias}: ${word(trayReasons, event.reason)}`),
  ),
  kind("pm-wakeup", "domain.pmWakeup", (event) => about("pm-wakeup", event)),
  kind("pm-suspend", "domain.pmSuspend", (event) => about("pm-suspend", event)),
  kind("balloon-change", "domain.balloonChange", (event) =>
    about("balloon-change", event, `: ${event.actual}KiB`),
  ),
  kind("pm-suspend-disk", "domain.pmSuspendDisk", (event) => about("pm-suspend-disk", event)),
  kind("device-removed", "domain.deviceRemoved", (event) =>
    about("device-removed", event, `: ${event.devAlias}`),
  ),
  kind("block-job-2", "domain.blockJob2", (event) =>
    about(
      "block-job-2",
      event,
      `: ${word(blockJobs, event.type)} for ${event.dst} ${word(blockJobStates, event.status)}`,
    ),
  ),
  kind("tunable", "domain.tunable", (event) => about("tunable", event, `:${lines(event.params)}`)),
  kind("agent-lifecycle", "domain.agentLifecycle", (event) =>
    about(
      "agent-lifecycle",
      event,
      `: state: '${word(agentStates, event.state)}' reason: '${word(agentReasons, event.reason)}'`,
    ),
  ),
  kind("device-added", "domain.deviceAdded", (event) => about("device-added", event, `: ${event.devAlias}`)),
  kind("migration-iteration", "domain.migrationIteration", (event) =>
    about("migration-iteration", event, `: iteration: '${event.iteration}'`),
  ),
  kind("job-completed", "domain.jobCompleted", (event) =>
    about("job-completed", event, `:${lines(event.params)}`),
  ),
  kind("device-removal-failed", "domain.deviceRemovalFailed", (event) =>
    about("device-removal-failed", event, `: ${event.devAlias}`),
  ),
  kind("metadata-change", "domain.metadataChange", (event) =>
    about("metadata-change", event, `: ${word(metadataTypes, event.type)} ${event.nsuri ?? ""}`),
  ),
  kind("block-threshold", "domain.blockThreshold", (event) =>
    about(
      "block-threshold",
      event,
      `: dev: ${event.dev}(${event.path ?? ""}) ${event.threshold} ${event.excess}`,
    ),
  ),
  kind("memory-failure", "domain.memoryFailure", (event) =>
    about(
      "memory-failure",
      event,
      `: recipient: ${word(failureRecipients, event.recipient)}, action: ${word(failureActions, event.action)}, action-required: ${event.flags & 1}, recursive: ${(event.flags >> 1) & 1}`,
    ),
  ),
  kind("memory-device-size-change", "domain.memoryDeviceSizeChange", (event) =>
    about("memory-device-size-change", event, `: alias: '${event.alias}' size: '${event.size}'`),
  ),
  kind("nic-mac-change", "domain.nicMacChange", (event) =>
    about(
      "nic-mac-change",
      event,
      `: alias: '${event.alias}' old MAC: '${event.oldMAC}' new MAC: '${event.newMAC}'`,
    ),
  ),
];
