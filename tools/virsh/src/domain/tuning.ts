import {
  alias,
  arg,
  camel,
  doing,
  type Option,
  ShellError,
  scaledInteger,
  shownAs,
  text,
} from "@libvirt-ts/cli";
import { type TypedValue, typed } from "@libvirt-ts/protocol";
import { command } from "../context.ts";
import { findDomain } from "../support/lookup.ts";
import { affect, domain, impactOf } from "../support/options.ts";
import { rateParts, showParams } from "../support/params.ts";

export const domiftune = command("domiftune", {
  help: "tell or set limits of an interface",
  options: {
    domain,
    interface: arg("device name or MAC of the interface"),
    inbound: text("incoming limits: AVERAGE,PEAK,BURST,FLOOR"),
    outbound: text("outgoing limits: AVERAGE,PEAK,BURST"),
    ...affect,
  },
  async run(args, { connect, out }) {
    const { domain: name, interface: device, inbound, outbound } = args;
    const flags = impactOf(args);
    const found = await findDomain(connect, name);
    const params = {
      ...(inbound !== undefined && rates("inbound", inbound)),
      ...(outbound !== undefined && rates("outbound", outbound)),
    };
    if (inbound !== undefined || outbound !== undefined) {
      const set = found.setInterfaceParameters({ device, params, flags });
      await doing("Unable to set interface parameters", set);
      return;
    }
    const read = found.getInterfaceParameters({ device, flags });
    showParams(out, await doing("Unable to get interface parameters", read));
  },
});

/** All of a direction that is given. */
function rates(direction: "inbound" | "outbound", text: string): Record<string, TypedValue> {
  const given = [...rateParts(direction, text)].map(
    ([name, value]) => [`${direction}.${name}`, typed.uint(value)] as const,
  );
  return Object.fromEntries(given);
}

/** Limits of a disk, all of them numbers; bursts have a size and a length. */
const totals = {
  "total-bytes-sec": "bytes per second",
  "read-bytes-sec": "bytes read per second",
  "write-bytes-sec": "bytes written per second",
  "total-iops-sec": "requests per second",
  "read-iops-sec": "reads per second",
  "write-iops-sec": "writes per second",
} as const;
const maxima = {
  "total-bytes-sec-max": "bytes per second in a burst",
  "read-bytes-sec-max": "bytes read per second in a burst",
  "write-bytes-sec-max": "bytes written per second in a burst",
  "total-iops-sec-max": "requests per second in a burst",
  "read-iops-sec-max": "reads per second in a burst",
  "write-iops-sec-max": "writes per second in a burst",
  "size-iops-sec": "bytes that count as one request",
} as const;
const lengths = {
  "total-bytes-sec-max-length": "seconds of such a burst of bytes",
  "read-bytes-sec-max-length": "seconds of such a burst of bytes read",
  "write-bytes-sec-max-length": "seconds of such a burst of bytes written",
  "total-iops-sec-max-length": "seconds of such a burst of requests",
  "read-iops-sec-max-length": "seconds of such a burst of reads",
  "write-iops-sec-max-length": "seconds of such a burst of writes",
} as const;

type Limits<T> = { readonly [K in keyof T]: Option<string | undefined> };
/** Read by the command: sizes may have units. */
const limits = <T extends Readonly<Record<string, string>>>(docs: T): Limits<T> =>
  Object.fromEntries(
    Object.entries(docs).map(([name, doc]) => [name, shownAs("number", text(doc))]),
  ) as unknown as Limits<T>; // the same keys

/** "total_bytes_sec" was the name once. */
const oldNames = Object.fromEntries(
  Object.keys({ ...totals, ...maxima, ...lengths, "group-name": "" }).map((name) => [
    name.replaceAll("-", "_"),
    alias(name),
  ]),
);

export const blkdeviotune = command("blkdeviotune", {
  help: "tell or set limits of a disk",
  options: {
    domain,
    device: arg("target of the disk"),
    ...limits(totals),
    ...limits(maxima),
    "group-name": text("group the limits are shared in"),
    ...limits(lengths),
    ...affect,
    ...oldNames,
  },
  async run(args, { connect, out }) {
    const flags = impactOf(args);
    const found = await findDomain(connect, args.domain);
    const values = args as unknown as Readonly<Record<string, string | undefined>>; // looked up by name
    const params: Record<string, TypedValue> = {};
    for (const name of Object.keys({ ...totals, ...maxima, ...lengths })) {
      const given = values[camel(name)];
      if (given !== undefined) params[name.replaceAll("-", "_")] = typed.ullong(limitOf(given, name));
    }
    if (args.groupName !== undefined) params.group_name = typed.string(args.groupName);
    const disk = args.device;
    if (Object.keys(params).length > 0) {
      const set = found.setBlockIoTune({ disk, params, flags });
      await doing("Unable to change block I/O throttle", set);
      return;
    }
    const read = found.getBlockIoTune({ disk, flags });
    showParams(out, await doing("Unable to get block I/O throttle parameters", read));
  },
});

function limitOf(given: string, name: string): bigint {
  try {
    return scaledInteger(given, name, { scale: 1n, max: 0xffff_ffff_ffff_ffffn });
  } catch (error) {
    if (error instanceof ShellError)
      throw new ShellError(error.message, { cause: new ShellError("Unable to parse integer parameter") });
    throw error;
  }
}
