/**
 * The states of a domain: API number, reasons with theirs, and which state may follow.
 * State and reason names are those of libvirt's status files.
 */
export const states = {
  nostate: { number: 0, reasons: { unknown: 0 }, next: ["running", "paused", "shutoff"] },
  running: {
    number: 1,
    reasons: {
      unknown: 0,
      booted: 1,
      migrated: 2,
      restored: 3,
      "from snapshot": 4,
      unpaused: 5,
      "migration canceled": 6,
      "save canceled": 7,
      wakeup: 8,
      crashed: 9,
      "post-copy": 10,
      "post-copy failed": 11,
    },
    next: ["running", "paused", "shutdown", "shutoff", "crashed", "pmsuspended"],
  },
  blocked: { number: 2, reasons: { unknown: 0 }, next: ["running", "paused", "shutdown", "shutoff"] },
  paused: {
    number: 3,
    reasons: {
      unknown: 0,
      user: 1,
      migration: 2,
      save: 3,
      dump: 4,
      ioerror: 5,
      watchdog: 6,
      "from snapshot": 7,
      shutdown: 8,
      snapshot: 9,
      panicked: 10,
      "starting up": 11,
      "post-copy": 12,
      "post-copy failed": 13,
      "api error": 14,
    },
    next: ["paused", "running", "shutdown", "shutoff", "crashed"],
  },
  shutdown: {
    number: 4,
    reasons: { unknown: 0, user: 1 },
    next: ["running", "paused", "shutoff", "crashed"],
  },
  shutoff: {
    number: 5,
    reasons: {
      unknown: 0,
      shutdown: 1,
      destroyed: 2,
      crashed: 3,
      migrated: 4,
      saved: 5,
      failed: 6,
      "from snapshot": 7,
      daemon: 8,
    },
    next: ["paused", "running"],
  },
  crashed: { number: 6, reasons: { unknown: 0, panicked: 1 }, next: ["running", "paused", "shutoff"] },
  pmsuspended: { number: 7, reasons: { unknown: 0 }, next: ["running", "paused", "shutdown", "shutoff"] },
} as const;

export type StateName = keyof typeof states;
export type Reason<S extends StateName> = keyof (typeof states)[S]["reasons"] & string;

/** A state with a reason that fits it. */
export type State = { [S in StateName]: { readonly name: S; readonly reason: Reason<S> } }[StateName];

/** Whether the table lets `to` follow `from`. */
export const mayFollow = (from: StateName, to: StateName): boolean =>
  (states[from].next as readonly StateName[]).includes(to); // the literal types are narrower than the question

/** The pair of API numbers, as `virDomainGetState` answers. */
export function stateNumbers(state: State): { state: number; reason: number } {
  const { number, reasons } = states[state.name];
  return { state: number, reason: (reasons as Readonly<Record<string, number>>)[state.reason] ?? 0 };
}

/** Reads the two names of a status file; unknown reasons become `unknown`. */
export function parseState(name: string, reason: string): State | undefined {
  if (!(name in states)) return undefined;
  const known = name as StateName; // just looked up
  const fits = reason in states[known].reasons;
  return { name: known, reason: fits ? reason : "unknown" } as State; // both names come from the table
}
