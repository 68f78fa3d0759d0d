import {
  absentIs,
  attr,
  child,
  element,
  fixed,
  type Infer,
  list,
  long,
  refusing,
  size,
  str,
  strictly,
  ulong,
  variant,
  yesNo,
} from "@libvirt-ts/xml";
import { internalError, unsupported, xmlError } from "./errors.ts";
import { attrOneOf } from "./words.ts";

const Catchup = element("catchup", {
  threshold: attr("threshold", size, { omit: 0 }),
  slew: attr("slew", size, { omit: 0 }),
  limit: attr("limit", size, { omit: 0 }),
});

/** A clock device or time source of the guest. */
export const Timer = element("timer", {
  name: fixed(
    "timer",
    attrOneOf("name", ["platform", "pit", "rtc", "hpet", "tsc", "kvmclock", "hypervclock", "armvtimer"], {
      required: true,
    }),
  ),
  present: fixed(
    absentIs("default", "Target timer presence '%t' does not match source '%s'"),
    attr("present", yesNo),
  ),
  tickpolicy: attrOneOf("tickpolicy", ["delay", "catchup", "merge", "discard"]),
  track: attrOneOf("track", ["boot", "guest", "wall", "realtime"]),
  frequency: fixed("TSC frequency", attr("frequency", ulong)),
  mode: fixed("TSC mode", attrOneOf("mode", ["auto", "native", "emulate", "paravirt", "smpsafe"])),
  catchup: child(Catchup),
});
export type Timer = Infer<typeof Timer>;

const seconds = refusing(long, (text) => xmlError(`unknown clock adjustment '${text}'`));
/** Seconds added to the time base, or `reset`: taken from the base at each start. */
const adjustment = attr("adjustment", {
  parse: (text: string, from, name) => (text === "reset" ? text : seconds.parse(text, from, name)),
  format: (value: number | "reset") => String(value),
});

const noStart = () => internalError("missing 'start' attribute for clock with offset='absolute'");

/** What time the guest's clock starts with. */
export const Clock = element(
  "clock",
  {
    offset: attrOneOf("offset", ["utc", "localtime", "variable", "timezone", "absolute"], {
      default: "utc",
      emptyIsAbsent: true,
      refuse: (text) => unsupported(`unknown clock offset '${text}'`),
      strict: { required: true },
    }),
    $base: variant("offset", {
      utc: { adjustment },
      localtime: { adjustment },
      timezone: {
        timezone: attr("timezone", strictly(str, /[a-zA-Z0-9_.+\-/]+/, "the name of a time zone"), {
          emptyIsAbsent: true,
        }),
        adjustment,
      },
      variable: {
        adjustment,
        basis: attrOneOf("basis", ["utc", "localtime"], {
          refuse: (text) => unsupported(`unknown clock basis '${text}'`),
        }),
        adjustment0: attr("adjustment0", long, { show: "status" }),
      },
      absolute: {
        start: attr(
          "start",
          refusing(size, () => noStart()),
          { strict: { required: true } },
        ),
      },
    }),
    timers: fixed("Target domain timers do not match source", list(Timer)),
  },
  {
    read(clock) {
      if (clock.offset === "variable") {
        clock.adjustment ??= 0;
        clock.basis ??= "utc";
      }
      if (clock.offset === "timezone" && clock.timezone === undefined)
        throw internalError("missing 'timezone' attribute for clock with offset='timezone'");
      if (clock.offset === "absolute" && clock.start === undefined) throw noStart();
    },
  },
);
export type Clock = Infer<typeof Clock>;
