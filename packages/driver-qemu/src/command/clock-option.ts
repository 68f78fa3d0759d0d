import type { DomainDef, Timer } from "@libvirt-ts/conf/domain";
import { type DeviceContext, isX86, optionPart, type Part } from "../device/parts.ts";

const day = 86_400;

/** `-rtc`, and the timers that are devices. */
export function clockParts(context: DeviceContext): Part[] {
  const { def, caps } = context;
  const parts = [optionPart("-rtc", rtcText(context))];
  for (const timer of def.clock.timers) {
    if (timer.name === "pit" && caps.flags.has("kvm-pit-lost-tick-policy")) {
      const { tickpolicy: policy = "delay" } = timer;
      if (policy === "delay" || policy === "discard")
        parts.push(optionPart("-global", `kvm-pit.lost_tick_policy=${policy}`));
    }
    if (
      timer.name === "hpet" &&
      timer.present === false &&
      isX86(def.os.type.arch ?? "") &&
      !caps.flags.has("machine-hpet")
    )
      parts.push(optionPart("-no-hpet"));
  }
  return parts;
}

const tracks: Readonly<Partial<Record<NonNullable<Timer["track"]>, string>>> = {
  guest: "vm",
  wall: "host",
  realtime: "rt",
};

function rtcText(context: DeviceContext): string {
  const { def } = context;
  const rtc = def.clock.timers.find((timer) => timer.name === "rtc");
  let text = `base=${rtcBase(def, context.host.nowSeconds)}`;
  const track = rtc?.track && tracks[rtc.track];
  if (track !== undefined) text += `,clock=${track}`;
  if (rtc?.tickpolicy === "catchup") text += ",driftfix=slew";
  return text;
}

function rtcBase({ clock }: DomainDef, now: number): string {
  switch (clock.offset) {
    case "localtime":
    case "timezone":
      return "localtime";
    case "absolute":
      return isoTime(clock.start ?? 0);
    case "variable": {
      const adjustment = clock.adjustment === "reset" ? 0 : (clock.adjustment ?? 0);
      const local = clock.basis === "localtime" ? -new Date(now * 1000).getTimezoneOffset() * 60 : 0;
      return isoTime(now + Number(adjustment) + local);
    }
    default:
      return "utc";
  }
}

/** `2009-02-13T23:31:30`, up to the year 9999. */
function isoTime(seconds: number): string {
  const days = Math.floor(seconds / day);
  return new Date(days * day * 1000 + (seconds - days * day) * 1000).toISOString().slice(0, 19);
}
