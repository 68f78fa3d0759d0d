import {
  DomainCrashedReason,
  DomainPausedReason,
  DomainPmsuspendedReason,
  DomainRunningReason,
  DomainShutdownReason,
  DomainShutoffReason,
  DomainState,
} from "@libvirt-ts/api";

/* How states of domains are called. */

const states: Readonly<Record<number, string>> = {
  [DomainState.NOSTATE]: "no state",
  [DomainState.RUNNING]: "running",
  [DomainState.BLOCKED]: "idle",
  [DomainState.PAUSED]: "paused",
  [DomainState.SHUTDOWN]: "in shutdown",
  [DomainState.SHUTOFF]: "shut off",
  [DomainState.CRASHED]: "crashed",
  [DomainState.PMSUSPENDED]: "pmsuspended",
};

export const stateText = (state: number): string => states[state] ?? "no state";

type Names = Readonly<Record<number, string>>;
const running = DomainRunningReason;
const paused = DomainPausedReason;
const shutoff = DomainShutoffReason;

const reasons: Readonly<Record<number, Names>> = {
  [DomainState.RUNNING]: {
    [running.BOOTED]: "booted",
    [running.MIGRATED]: "migrated",
    [running.RESTORED]: "restored",
    [running.FROM_SNAPSHOT]: "from snapshot",
    [running.UNPAUSED]: "unpaused",
    [running.MIGRATION_CANCELED]: "migration canceled",
    [running.SAVE_CANCELED]: "save canceled",
    [running.WAKEUP]: "event wakeup",
    [running.CRASHED]: "crashed",
    [running.POSTCOPY]: "post-copy",
    [running.POSTCOPY_FAILED]: "post-copy failed",
  },
  [DomainState.PAUSED]: {
    [paused.USER]: "user",
    [paused.MIGRATION]: "migrating",
    [paused.SAVE]: "saving",
    [paused.DUMP]: "dumping",
    [paused.IOERROR]: "I/O error",
    [paused.WATCHDOG]: "watchdog",
    [paused.FROM_SNAPSHOT]: "from snapshot",
    [paused.SHUTTING_DOWN]: "shutting down",
    [paused.SNAPSHOT]: "creating snapshot",
    [paused.CRASHED]: "crashed",
    [paused.STARTING_UP]: "starting up",
    [paused.POSTCOPY]: "post-copy",
    [paused.POSTCOPY_FAILED]: "post-copy failed",
    [paused.API_ERROR]: "api error",
  },
  [DomainState.SHUTDOWN]: { [DomainShutdownReason.USER]: "user" },
  [DomainState.SHUTOFF]: {
    [shutoff.SHUTDOWN]: "shutdown",
    [shutoff.DESTROYED]: "destroyed",
    [shutoff.CRASHED]: "crashed",
    [shutoff.MIGRATED]: "migrated",
    [shutoff.SAVED]: "saved",
    [shutoff.FAILED]: "failed",
    [shutoff.FROM_SNAPSHOT]: "from snapshot",
    [shutoff.DAEMON]: "daemon",
  },
  [DomainState.CRASHED]: { [DomainCrashedReason.PANICKED]: "panicked" },
  [DomainState.PMSUSPENDED]: { [DomainPmsuspendedReason.UNKNOWN]: "unknown" },
};

export const reasonText = (state: number, reason: number): string => reasons[state]?.[reason] ?? "unknown";
