import {
  arg,
  doing,
  flag,
  int,
  many,
  named,
  required,
  ShellError,
  uint,
  unsignedLongLong,
} from "@libvirt-ts/cli";
import type { TypedValues } from "@libvirt-ts/client";
import { type TypedValue, typed } from "@libvirt-ts/protocol";
import { formatBitmap } from "@libvirt-ts/util/bitmap";
import { command } from "../context.ts";
import { findDomain } from "../support/lookup.ts";
import { affect, domain, impactOf } from "../support/options.ts";
import { givenParams as given, showParams } from "../support/params.ts";
import { cpuMap, cpusOf, hostCpus } from "./cpus.ts";

export const schedinfo = command("schedinfo", {
  help: "tell or set how the processors of a domain are scheduled",
  options: {
    domain,
    weight: named(int("share (xen)")),
    cap: named(int("limit (xen)")),
    current: flag("change it in the state it is in"),
    config: flag("change what its next start uses"),
    live: flag("change it while it runs"),
    set: many("parameter=value"),
  },
  async run(args, { connect, out }) {
    const { domain: name, weight, cap, set } = args;
    const impact = impactOf(args);
    const domain = await findDomain(connect, name);
    const { type } = await domain.getSchedulerType();
    out.value(`${"Scheduler".padEnd(15)}: ${type}\n`, { scheduler: type });
    const isFlagless = impact === 0 && !args.current;
    const read = () =>
      isFlagless ? domain.getSchedulerParameters() : domain.getSchedulerParametersFlags({ flags: impact });
    const wanted = [
      ...set,
      ...(weight ? [`weight=${weight}`] : []),
      ...(cap !== undefined ? [`cap=${cap}`] : []),
    ];
    const before = await read();
    if (wanted.length > 0) {
      const params = scheduled(wanted, before);
      if (Object.keys(params).length > 0)
        await (isFlagless
          ? domain.setSchedulerParameters({ params })
          : domain.setSchedulerParametersFlags({ params, flags: impact }));
    }
    showParams(out, wanted.length > 0 ? await read() : before);
  },
});

/** "name=value" as the type the parameter has now. @throws ShellError for one that is not there */
function scheduled(wanted: readonly string[], known: TypedValues): Record<string, TypedValue> {
  const params: Record<string, TypedValue> = {};
  for (const each of wanted) {
    const [field = "", value] = each.split(/=(.*)/s);
    const current = known[field];
    if (value === undefined) throw new ShellError("Invalid syntax for --set, expecting name=value");
    if (current === undefined) throw new ShellError(`invalid scheduler option: ${each.split("=")[0]}`);
    if (!/^-?\d+$/.test(value)) throw new ShellError(`invalid value of ${field}: ${value}`);
    params[field] =
      typeof current === "bigint"
        ? field.endsWith("_quota")
          ? typed.llong(BigInt(value))
          : typed.ullong(BigInt.asUintN(64, BigInt(value)))
        : typed.uint(Number(value) >>> 0);
  }
  return params;
}
export const iothreadinfo = command("iothreadinfo", {
  help: "show the I/O threads of a domain",
  options: { domain, ...affect },
  async run(args, { connect, out }) {
    const flags = impactOf(args);
    const domain = await findDomain(connect, args.domain);
    const failure = "Unable to get domain IOThreads information";
    const threads = await doing(failure, domain.getIothreadInfo({ flags }));
    if (threads.length === 0) {
      out.extra("No IOThreads found for the domain");
      return;
    }
    const count = await hostCpus(connect);
    const rows = threads.map(({ iothreadId, cpumap }) => [
      String(iothreadId),
      formatBitmap(cpusOf(cpumap, count)),
    ]);
    out.table(["IOThread ID", "CPU Affinity"], rows);
  },
});

export const iothreadpin = command("iothreadpin", {
  help: "set which host processors an I/O thread may use",
  options: {
    domain,
    iothread: required(uint("number of the I/O thread")),
    cpulist: arg("host processors, as 0-3,^2; r for all"),
    ...affect,
  },
  async run(args, { connect }) {
    const flags = impactOf(args);
    const domain = await findDomain(connect, args.domain);
    const { iothread: iothreadsId, cpulist } = args;
    const cpumap = cpuMap(cpulist, await hostCpus(connect));
    await domain.pinIothread({ iothreadsId, cpumap, flags });
  },
});

export const iothreadadd = command("iothreadadd", {
  help: "give a domain another I/O thread",
  options: { domain, id: required(int("number of the I/O thread")), ...affect },
  async run(args, { connect }) {
    const flags = impactOf(args);
    const domain = await findDomain(connect, args.domain);
    await domain.addIothread({ iothreadId: idOf(args.id), flags });
  },
});

function idOf(id: number): number {
  if (id <= 0) throw new ShellError(`Invalid IOThread id value: '${id}'`);
  return id;
}
export const iothreadset = command("iothreadset", {
  help: "change how an I/O thread polls",
  options: {
    domain,
    id: required(int("number of the I/O thread")),
    "poll-max-ns": unsignedLongLong("longest polling"),
    "poll-grow": uint("factor or nanoseconds polling grows by"),
    "poll-shrink": uint("divisor polling shrinks by"),
    "thread-pool-min": int("least worker threads"),
    "thread-pool-max": int("most worker threads"),
    ...affect,
  },
  async run(args, { connect }) {
    const flags = impactOf(args);
    const domain = await findDomain(connect, args.domain);
    const iothreadId = idOf(args.id);
    const uint = (value: number | undefined) => (value === undefined ? undefined : typed.uint(value));
    const int = (value: number | undefined) => (value === undefined ? undefined : typed.int(value));
    const params = given({
      poll_max_ns: args.pollMaxNs === undefined ? undefined : typed.ullong(args.pollMaxNs),
      poll_grow: uint(args.pollGrow),
      poll_shrink: uint(args.pollShrink),
      thread_pool_min: int(args.threadPoolMin),
      thread_pool_max: int(args.threadPoolMax),
    });
    if (Object.keys(params).length === 0) throw new ShellError("Not enough arguments passed, nothing to set");
    await domain.setIothreadParams({ iothreadId, params, flags });
  },
});

export const iothreaddel = command("iothreaddel", {
  help: "take an I/O thread of a domain away",
  options: { domain, id: required(int("number of the I/O thread")), ...affect },
  async run(args, { connect }) {
    const flags = impactOf(args);
    const domain = await findDomain(connect, args.domain);
    await domain.delIothread({ iothreadId: idOf(args.id), flags });
  },
});
