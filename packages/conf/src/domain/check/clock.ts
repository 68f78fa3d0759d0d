import type { Clock, Timer } from "../clock.ts";
import { unsupported, xmlError } from "../errors.ts";

/** Which timers may be told how to tick. */
export function checkClock({ timers }: Clock): void {
  for (const timer of timers) checkTimer(timer);
}

/** Clocks of the hypervisor are there or not, nothing else. */
const paravirtual: readonly Timer["name"][] = ["kvmclock", "hypervclock"];

function checkTimer({ name, tickpolicy, track, frequency, mode, catchup }: Timer): void {
  const refuse = (what: string) => unsupported(`timer ${name} doesn't support setting of timer ${what}`);
  if (paravirtual.includes(name)) {
    if (tickpolicy !== undefined) throw refuse("tickpolicy");
    if (track !== undefined) throw refuse("track");
  }
  if (name !== "tsc") {
    if (frequency !== undefined) throw refuse("frequency");
    if (mode !== undefined) throw refuse("mode");
  }
  if (catchup && tickpolicy !== "catchup")
    throw xmlError("setting of timer catchup policies is only supported with tickpolicy='catchup'");
}
