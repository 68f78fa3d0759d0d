import {
  DomainMemoryStatTags,
  DomainStatsTypes,
  ConnectGetAllDomainStatsFlags as Which,
} from "@libvirt-ts/api";
import {
  anyText,
  arg,
  doing,
  flag,
  int,
  longLong,
  many,
  named,
  prettyCapacity,
  ShellError,
  text,
} from "@libvirt-ts/cli";
import type { Domain, TypedValues } from "@libvirt-ts/client";
import { parseXml } from "@libvirt-ts/xml";
import { command } from "../context.ts";
import { isNoSupport } from "../support/errors.ts";
import { findDomain } from "../support/lookup.ts";
import { domain, exclusive, flagsOf, impactOf } from "../support/options.ts";
import { paramText } from "../support/params.ts";
import { utcDateTime } from "../support/time.ts";
import { disksOf } from "./domain.ts";

export const domblkinfo = command("domblkinfo", {
  help: "tell how large the disks of a domain are",
  options: {
    domain,
    device: text("target or source of the disk"),
    human: flag("with units"),
    all: flag("all of them"),
  },
  async run({ domain: name, device, human, all: everyone }, { connect, out }) {
    exclusive({ all: everyone, device });
    if (!everyone && device === undefined)
      throw new ShellError("command 'domblkinfo' requires <device> option");
    const domain = await findDomain(connect, name);
    const size = (bytes: bigint) => {
      if (!human) return String(bytes);
      const { value, unit } = prettyCapacity(bytes);
      return `${value.toFixed(3)} ${unit}`;
    };
    if (device !== undefined) {
      const info = await domain.getBlockInfo({ path: device });
      out.field("Capacity:", size(info.capacity));
      out.field("Allocation:", size(info.allocation));
      out.field("Physical:", size(info.physical));
      return;
    }
    const rows = disksOf(parseXml(await domain.getXmlDesc())).map(async ({ target, isEmpty }) => {
      if (isEmpty) return [target, "-", "-", "-"];
      const { capacity, allocation, physical } = await domain.getBlockInfo({ path: target });
      return [target, ...[capacity, allocation, physical].map(size)];
    });
    out.table(["Target", "Capacity", "Allocation", "Physical"], await Promise.all(rows));
  },
});

export const domblkstat = command("domblkstat", {
  help: "tell what a disk of a domain has read and written",
  options: {
    domain,
    device: anyText("target or source of the disk; all of them if absent"),
    human: flag("for people"),
  },
  async run({ domain: name, device = "", human }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const stats = await doing(
      `Failed to get block stats ${domain.name} ${device}`,
      domain.blockStatsFlags({ path: device }).catch(async (error: unknown) => {
        if (!isNoSupport(error)) throw error;
        return oldStats(await domain.blockStats({ path: device }));
      }),
    );
    if (human) out.line(`Device: ${device}`);
    const known = statNames.filter(([field]) => stats[field] !== undefined && stats[field] !== -1n);
    const others = Object.keys(stats).filter((field) => !statNames.some(([each]) => each === field));
    for (const [field, short, long] of known) {
      if (human) out.line(` ${long.padEnd(31)} ${stats[field]}`);
      else out.line(`${[device, short, stats[field]].join(" ").trimStart()}`);
    }
    for (const field of others) out.line(`${[device, field, stats[field]].join(" ").trimStart()}`);
  },
});

/** Fields in their order, with their names for scripts and for people. */
const statNames = [
  ["rd_operations", "rd_req", "number of read operations:"],
  ["rd_bytes", "rd_bytes", "number of bytes read:"],
  ["wr_operations", "wr_req", "number of write operations:"],
  ["wr_bytes", "wr_bytes", "number of bytes written:"],
  ["errs", "errs", "error count:"],
  ["flush_operations", "flush_operations", "number of flush operations:"],
  ["rd_total_times", "rd_total_times", "total duration of reads (ns):"],
  ["wr_total_times", "wr_total_times", "total duration of writes (ns):"],
  ["flush_total_times", "flush_total_times", "total duration of flushes (ns):"],
] as const;

interface OldStats {
  readonly rdReq: bigint;
  readonly rdBytes: bigint;
  readonly wrReq: bigint;
  readonly wrBytes: bigint;
  readonly errs: bigint;
}

/** What old drivers tell, as new ones do. */
const oldStats = ({ rdReq, rdBytes, wrReq, wrBytes, errs }: OldStats): TypedValues => ({
  rd_operations: rdReq,
  rd_bytes: rdBytes,
  wr_operations: wrReq,
  wr_bytes: wrBytes,
  errs,
});
export const domifstat = command("domifstat", {
  help: "tell what an interface of a domain has received and sent",
  options: { domain, interface: arg("device name or MAC of the interface") },
  async run({ domain: name, interface: device }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const stats = await doing(
      `Failed to get interface stats ${name} ${device}`,
      domain.interfaceStats({ device }),
    );
    const fields = [
      ["rx_bytes", stats.rxBytes],
      ["rx_packets", stats.rxPackets],
      ["rx_errs", stats.rxErrs],
      ["rx_drop", stats.rxDrop],
      ["tx_bytes", stats.txBytes],
      ["tx_packets", stats.txPackets],
      ["tx_errs", stats.txErrs],
      ["tx_drop", stats.txDrop],
    ] as const;
    for (const [field, value] of fields) if (value !== -1n) out.line(`${device} ${field} ${value}`);
  },
});

export const dommemstat = command("dommemstat", {
  help: "tell how a domain uses its memory",
  options: {
    domain,
    period: named(int("seconds between two reports")),
    config: flag("change what its next start uses"),
    live: flag("change it while it runs"),
    current: flag("change it in the state it is in"),
  },
  async run(args, { connect, out }) {
    const { domain: name, period } = args;
    const flags = impactOf(args);
    const domain = await findDomain(connect, name);
    if (period !== undefined) {
      if (period < 0) throw new ShellError(`Invalid collection period value '${period}'`);
      const set = domain.setMemoryStatsPeriod({ period, flags });
      await doing("Unable to change balloon collection period.", set);
      return;
    }
    const stats = await doing(
      `Failed to get memory statistics for domain ${name}`,
      domain.memoryStats({ maxStats: Object.keys(DomainMemoryStatTags).length }),
    );
    for (const { tag, val } of stats) out.line(`${memoryNames[tag] ?? tag} ${val}`);
  },
});

const memoryNames: Readonly<Record<number, string>> = {
  ...Object.fromEntries(Object.entries(DomainMemoryStatTags).map(([name, tag]) => [tag, name.toLowerCase()])),
  [DomainMemoryStatTags.ACTUAL_BALLOON]: "actual",
};
export const domtime = command("domtime", {
  help: "tell or set the time of a guest",
  options: {
    domain,
    now: flag("the time of this host"),
    pretty: flag("as date and time"),
    sync: flag("the time of its hardware clock"),
    time: longLong("seconds since 1970"),
  },
  async run({ domain: name, now, pretty, sync, time }, { connect, out }) {
    exclusive({ time, now });
    exclusive({ time, sync });
    exclusive({ now, sync });
    const domain = await findDomain(connect, name);
    if (!now && !sync && time === undefined) {
      const { seconds } = await domain.getTime();
      out.text(`Time: ${pretty ? utcDateTime(Number(seconds)) : seconds}`);
      return;
    }
    const seconds = now ? BigInt(Math.floor(Date.now() / 1000)) : (time ?? 0n);
    await domain.setTime({ seconds, nseconds: 0, flags: sync ? 1 : 0 });
  },
});

export const domstats = command("domstats", {
  help: "tell everything about one or all domains at once",
  options: {
    state: flag("its state"),
    "cpu-total": flag("its processor time"),
    balloon: flag("its balloon"),
    vcpu: flag("its processors"),
    interface: flag("its network interfaces"),
    block: flag("its block devices"),
    perf: flag("its performance counters"),
    iothread: flag("its I/O threads"),
    memory: flag("its memory"),
    dirtyrate: flag("how fast it writes memory"),
    vm: flag("of the hypervisor"),
    "list-active": flag("of those that run"),
    "list-inactive": flag("of those that do not run"),
    "list-persistent": flag("of those that are defined"),
    "list-transient": flag("of those that are not defined"),
    "list-running": flag("of those that run"),
    "list-paused": flag("of those that are paused"),
    "list-shutoff": flag("of those that are off"),
    "list-other": flag("of those in other states"),
    raw: flag("as it comes"),
    enforce: flag("fail if something cannot be told"),
    backing: flag("the backing chain too"),
    nowait: flag("skip domains that are busy"),
    domain: many("name, id or UUID of the domain"),
  },
  async run(args, { connect, out }) {
    const stats = flagsOf([
      [args.state, DomainStatsTypes.STATE],
      [args.cpuTotal, DomainStatsTypes.CPU_TOTAL],
      [args.balloon, DomainStatsTypes.BALLOON],
      [args.vcpu, DomainStatsTypes.VCPU],
      [args.interface, DomainStatsTypes.INTERFACE],
      [args.block, DomainStatsTypes.BLOCK],
      [args.perf, DomainStatsTypes.PERF],
      [args.iothread, DomainStatsTypes.IOTHREAD],
      [args.memory, DomainStatsTypes.MEMORY],
      [args.dirtyrate, DomainStatsTypes.DIRTYRATE],
      [args.vm, DomainStatsTypes.VM],
    ]);
    const flags = flagsOf([
      [args.listActive, Which.ACTIVE],
      [args.listInactive, Which.INACTIVE],
      [args.listPersistent, Which.PERSISTENT],
      [args.listTransient, Which.TRANSIENT],
      [args.listRunning, Which.RUNNING],
      [args.listPaused, Which.PAUSED],
      [args.listShutoff, Which.SHUTOFF],
      [args.listOther, Which.OTHER],
      [args.enforce, Which.ENFORCE_STATS],
      [args.backing, Which.BACKING],
      [args.nowait, Which.NOWAIT],
    ]);
    const doms: Domain[] = [];
    for (const name of args.domain) doms.push(await findDomain(connect, name));
    const records = await connect.getAllDomainStats({ doms, stats, flags: flags >>> 0 });
    for (const { dom, params } of records) {
      out.line(`Domain: '${dom.name}'`);
      const isPlain = args.raw;
      for (const [field, value] of Object.entries(params))
        out.line(`  ${field}=${statText(field, value, isPlain)}`);
      if (dom !== records.at(-1)?.dom) out.gap();
    }
  },
});

/** Numbers for numbers; some fields have names for people, which `raw` leaves out. */
function statText(_field: string, value: number | bigint | string | boolean, _raw: boolean): string {
  return paramText(value);
}
