import { event, program } from "./program.ts";

/** Pings and pongs: type MESSAGE, serial 0, no payload, both directions. */
export const keepalive = program("keepalive", 0x6b656570, 1, {
  ping: event(1, null),
  pong: event(2, null),
});
