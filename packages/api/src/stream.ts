import type { Values } from "./values.ts";

/* Streams and the event loop. */

/** `virEventHandleType`: `VIR_EVENT_HANDLE_*`. */
export const EventHandleType = {
  READABLE: 1,
  WRITABLE: 2,
  ERROR: 4,
  HANGUP: 8,
} as const;
export type EventHandleType = Values<typeof EventHandleType>;

/** `virStreamFlags`: `VIR_STREAM_*`. */
export const StreamFlags = {
  NONBLOCK: 0x1,
} as const;
export type StreamFlags = Values<typeof StreamFlags>;

/** `virStreamRecvFlagsValues`: `VIR_STREAM_RECV_*`. */
export const StreamRecvFlags = {
  STOP_AT_HOLE: 0x1,
} as const;
export type StreamRecvFlags = Values<typeof StreamRecvFlags>;

/** `virStreamEventType`: `VIR_STREAM_EVENT_*`. */
export const StreamEventType = {
  READABLE: 1,
  WRITABLE: 2,
  ERROR: 4,
  HANGUP: 8,
} as const;
export type StreamEventType = Values<typeof StreamEventType>;
