import { DomainMemoryModFlags } from "@libvirt-ts/api";
import {
  alias,
  doing,
  int,
  required,
  ShellError,
  scaled,
  scaledInteger,
  shownAs,
  text,
} from "@libvirt-ts/cli";
import { type TypedValue, typed } from "@libvirt-ts/protocol";
import { type Context, command } from "../context.ts";
import { findDomain } from "../support/lookup.ts";
import { affect, domain, impactOf } from "../support/options.ts";
import { givenParams as given, paramText, showParams } from "../support/params.ts";

/** "no limit" on the wire. */
const unlimited = 9_007_199_254_740_991n;
const mostBytes = 0xffff_ffff_ffff_ffffn;

export const setmem = command("setmem", {
  help: "change how much memory a domain uses",
  options: {
    domain,
    size: required(scaled("memory, in KiB or with a unit", { scale: 1024n })),
    ...affect,
    kilobytes: alias("size"),
  },
  async run(args, { connect }) {
    const flags = impactOf(args);
    const domain = await findDomain(connect, args.domain);
    const memory = toKiB(args.size);
    const isPlain = flags === 0 && !args.current;
    await (isPlain ? domain.setMemory({ memory }) : domain.setMemoryFlags({ memory, flags }));
  },
});

const toKiB = (bytes: bigint): bigint => bytes / 1024n;
export const setmaxmem = command("setmaxmem", {
  help: "change how much memory a domain may use",
  options: {
    domain,
    size: required(scaled("memory, in KiB or with a unit", { scale: 1024n })),
    ...affect,
    kilobytes: alias("size"),
  },
  async run(args, { connect }) {
    const impact = impactOf(args);
    const domain = await findDomain(connect, args.domain);
    const memory = toKiB(args.size);
    const isPlain = impact === 0 && !args.current;
    const flags = impact | DomainMemoryModFlags.MAXIMUM;
    const done = isPlain ? domain.setMaxMemory({ memory }) : domain.setMemoryFlags({ memory, flags });
    await doing("Unable to change MaxMemorySize", done);
  },
});

export const memtune = command("memtune", {
  help: "tell or set limits of a domain's memory",
  options: {
    domain,
    "hard-limit": shownAs("number", text("most memory, in KiB or with a unit; -1: no limit")),
    "soft-limit": shownAs("number", text("memory it is pressed to when the host needs some")),
    "swap-hard-limit": shownAs("number", text("most memory and swap together")),
    "min-guarantee": shownAs("number", text("memory it is sure of")),
    ...affect,
  },
  async run(args, { connect, out }) {
    const flags = impactOf(args);
    const domain = await findDomain(connect, args.domain);
    const params = given({
      hard_limit: limitOf(args.hardLimit, "hard-limit"),
      soft_limit: limitOf(args.softLimit, "soft-limit"),
      swap_hard_limit: limitOf(args.swapHardLimit, "swap-hard-limit"),
      min_guarantee: limitOf(args.minGuarantee, "min-guarantee"),
    });
    if (Object.keys(params).length > 0) {
      await doing("Unable to change memory parameters", domain.setMemoryParameters({ params, flags }));
      return;
    }
    const found = await doing("Unable to get memory parameters", domain.getMemoryParameters({ flags }));
    showParams(out, found, (value) => (value === unlimited ? "unlimited" : paramText(value)));
  },
});

/** KiB; less than nothing is no limit. @throws ShellError if it is no size */
function limitOf(text: string | undefined, name: string): TypedValue | undefined {
  if (text === undefined) return undefined;
  if (/^\s*-\d+$/.test(text)) return typed.ullong(unlimited);
  try {
    return typed.ullong(scaledInteger(text, name, { scale: 1024n, max: mostBytes }) / 1024n);
  } catch (error) {
    if (error instanceof ShellError) throw new ShellError(`Unable to parse integer parameter ${name}`);
    throw error;
  }
}
export const blkiotune = command("blkiotune", {
  help: "tell or set limits of a domain's disks",
  options: {
    domain,
    weight: int("share"),
    "device-weights": text("weights: PATH,WEIGHT,..."),
    "device-read-iops-sec": text("read limits: PATH,COUNT,..."),
    "device-write-iops-sec": text("write limits: PATH,COUNT,..."),
    "device-read-bytes-sec": text("read limits: PATH,BYTES,..."),
    "device-write-bytes-sec": text("write limits: PATH,BYTES,..."),
    ...affect,
  },
  async run(args, { connect, out }) {
    const flags = impactOf(args);
    const domain = await findDomain(connect, args.domain);
    const { weight } = args;
    if (weight !== undefined && weight <= 0)
      throw new ShellError(`Invalid value of ${weight} for I/O weight`);
    const string = (text: string | undefined) => (text === undefined ? undefined : typed.string(text));
    const params = given({
      weight: weight === undefined ? undefined : typed.uint(weight),
      device_weight: string(args.deviceWeights),
      device_read_iops_sec: string(args.deviceReadIopsSec),
      device_write_iops_sec: string(args.deviceWriteIopsSec),
      device_read_bytes_sec: string(args.deviceReadBytesSec),
      device_write_bytes_sec: string(args.deviceWriteBytesSec),
    });
    if (Object.keys(params).length > 0) {
      await doing("Unable to change blkio parameters", domain.setBlkioParameters({ params, flags }));
      return;
    }
    showParams(out, await doing("Unable to get blkio parameters", domain.getBlkioParameters({ flags })));
  },
});

export const numatune = command("numatune", {
  help: "tell or set which memory of the host a domain may use",
  options: {
    domain,
    mode: text("strict, preferred, interleave, restrictive or its number"),
    nodeset: text("host nodes, as 0-1"),
    ...affect,
  },
  async run(args, { connect, out }) {
    const flags = impactOf(args);
    const domain = await findDomain(connect, args.domain);
    const { mode, nodeset } = args;
    const params = given({
      numa_nodeset: nodeset === undefined ? undefined : typed.string(nodeset),
      numa_mode: mode === undefined ? undefined : typed.int(modeOf(mode)),
    });
    if (Object.keys(params).length > 0) {
      await doing("Unable to change numa parameters", domain.setNumaParameters({ params, flags }));
      return;
    }
    const found = await doing("Unable to get numa parameters", domain.getNumaParameters({ flags }));
    showParams(out, found, (value, name) =>
      name === "numa_mode" ? (modes[Number(value)] ?? String(value)) : paramText(value),
    );
  },
});

/** In the order of their numbers. */
const modes = ["strict", "preferred", "interleave", "restrictive"];

function modeOf(text: string): number {
  const found = /^\d+$/.test(text) ? Number(text) : modes.indexOf(text);
  if (found < 0) throw new ShellError(`Invalid mode: ${text}`);
  return found;
}
/** Not for those who want to be told little. */
function showEvent(out: Context["out"], event: string, on: boolean): void {
  if (out.isJson) out.fields([[event, on ? "enabled" : "disabled"]], 0);
  else out.extra(`${event.padEnd(15)}: ${on ? "enabled" : "disabled"}\n`);
}

export const perf = command("perf", {
  help: "tell or set which events of a domain are counted",
  options: {
    domain,
    enable: text("counters to turn on: NAME,..."),
    disable: text("counters to turn off: NAME,..."),
    ...affect,
  },
  async run(args, { connect, out }) {
    const { domain: name, enable, disable } = args;
    const flags = impactOf(args);
    const domain = await findDomain(connect, name);
    if (enable === undefined && disable === undefined) {
      const found = await doing("Unable to get perf events", domain.getPerfEvents({ flags }));
      for (const [event, on] of Object.entries(found)) showEvent(out, event, on === true);
      return;
    }
    const events = [
      ...(enable?.split(",") ?? []).map((event) => [event, true] as const),
      ...(disable?.split(",") ?? []).map((event) => [event, false] as const),
    ];
    const params = Object.fromEntries(events.map(([event, on]) => [event, typed.boolean(on)]));
    await doing("Unable to enable/disable perf events", domain.setPerfEvents({ params, flags }));
    for (const [event, on] of events) showEvent(out, event, on);
  },
});
