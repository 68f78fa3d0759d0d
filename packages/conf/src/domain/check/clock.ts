import type { Clock, Timer } from "../clock.ts";
import { unsupported, xmlError } from "../errors.ts";

/** What may be set of each kind of timer. */
const settable: { readonly [K in Timer["name"]]: readonly (keyof Timer)[] } = {
  platform: ["tickpolicy", "track"],
  pit: ["tickpolicy"],
  rtc: ["tickpolicy", "track"],
  hpet: ["tickpolicy"],
  tsc: ["tickpolicy", "frequency", "mode"],
  kvmclock: [],
  hypervclock: [],
  armvtimer: ["tickpolicy"],
};
const settings = ["tickpolicy", "track", "frequency", "mode"] as const;

/** Timers are told only what they understand. */
export function checkClock({ timers }: Clock): void {
  for (const timer of timers) {
    const odd = settings.find((name) => timer[name] !== undefined && !settable[timer.name].includes(name));
    if (odd !== undefined) throw unsupported(`timer ${timer.name} doesn't support setting of timer ${odd}`);
    if (timer.catchup && timer.tickpolicy !== "catchup")
      throw xmlError("setting of timer catchup policies is only supported with tickpolicy='catchup'");
  }
}
