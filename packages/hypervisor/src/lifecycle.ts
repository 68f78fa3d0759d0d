import type { State } from "./states.ts";

/** Lifecycle events of the API: number, and the numbers of their details. */
export const lifecycleEvents = {
  defined: { number: 0, details: { added: 0, updated: 1, renamed: 2, "from-snapshot": 3 } },
  undefined: { number: 1, details: { removed: 0, renamed: 1 } },
  started: { number: 2, details: { booted: 0, migrated: 1, restored: 2, "from-snapshot": 3, wakeup: 4 } },
  suspended: {
    number: 3,
    details: {
      paused: 0,
      migrated: 1,
      ioerror: 2,
      watchdog: 3,
      restored: 4,
      "from-snapshot": 5,
      "api-error": 6,
      postcopy: 7,
      "postcopy-failed": 8,
    },
  },
  resumed: {
    number: 4,
    details: { unpaused: 0, migrated: 1, "from-snapshot": 2, postcopy: 3, "postcopy-failed": 4 },
  },
  stopped: {
    number: 5,
    details: {
      shutdown: 0,
      destroyed: 1,
      crashed: 2,
      migrated: 3,
      saved: 4,
      failed: 5,
      "from-snapshot": 6,
    },
  },
  shutdown: { number: 6, details: { finished: 0, guest: 1, host: 2 } },
  pmsuspended: { number: 7, details: { memory: 0, disk: 1 } },
  crashed: { number: 8, details: { panicked: 0, crashloaded: 1 } },
} as const;

type EventName = keyof typeof lifecycleEvents;

/** A lifecycle event with a detail that fits it. */
export type LifecycleEvent = {
  [E in EventName]: {
    readonly event: E;
    readonly detail: keyof (typeof lifecycleEvents)[E]["details"] & string;
  };
}[EventName];

/** The pair of API numbers. */
export function lifecycleNumbers({ event, detail }: LifecycleEvent): { event: number; detail: number } {
  const { number, details } = lifecycleEvents[event];
  return { event: number, detail: (details as Readonly<Record<string, number>>)[detail] ?? 0 };
}

type DetailOf<E extends EventName> = Extract<LifecycleEvent, { event: E }>["detail"];

const suspendedBy: Partial<Record<string, DetailOf<"suspended">>> = {
  migration: "migrated",
  ioerror: "ioerror",
  watchdog: "watchdog",
  "from snapshot": "from-snapshot",
  "api error": "api-error",
  "post-copy": "postcopy",
  "post-copy failed": "postcopy-failed",
};
const resumedBy: Partial<Record<string, DetailOf<"resumed">>> = {
  restored: "from-snapshot",
  migrated: "migrated",
  "from snapshot": "from-snapshot",
  "post-copy": "postcopy",
  "post-copy failed": "postcopy-failed",
};
const stoppedBy: Partial<Record<string, DetailOf<"stopped">>> = {
  destroyed: "destroyed",
  crashed: "crashed",
  migrated: "migrated",
  saved: "saved",
  failed: "failed",
  daemon: "failed",
  "from snapshot": "from-snapshot",
};

/** The event that reaching a state normally means; callers that know better say so. */
export function eventOf(state: State): LifecycleEvent | undefined {
  switch (state.name) {
    case "paused":
      return { event: "suspended", detail: suspendedBy[state.reason] ?? "paused" };
    case "running":
      return state.reason === "wakeup"
        ? { event: "started", detail: "wakeup" }
        : { event: "resumed", detail: resumedBy[state.reason] ?? "unpaused" };
    case "shutdown":
      return { event: "shutdown", detail: "finished" };
    case "shutoff":
      return { event: "stopped", detail: stoppedBy[state.reason] ?? "shutdown" };
    case "crashed":
      return { event: "crashed", detail: "panicked" };
    case "pmsuspended":
      return { event: "pmsuspended", detail: "memory" };
    default:
      return undefined;
  }
}
