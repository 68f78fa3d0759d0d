import { DomainVcpuFlags as Vcpu } from "@libvirt-ts/api";
import { arg, doing, flag, int, required, ShellError, text, uint } from "@libvirt-ts/cli";
import type { Connect, Domain, TypedValues } from "@libvirt-ts/client";
import { ErrorDomain, invalidArg } from "@libvirt-ts/errors";
import { remote } from "@libvirt-ts/protocol";
import { formatBitmap, parseBitmap } from "@libvirt-ts/util/bitmap";
import { type Context, command } from "../context.ts";
import { findDomain } from "../support/lookup.ts";
import { affect, domain, exclusive, flagsOf, impactOf, requires } from "../support/options.ts";
import { paramText } from "../support/params.ts";

/** How many processors the host has, there or not. */
export async function hostCpus(connect: Connect): Promise<number> {
  try {
    return (await connect.nodeGetCpuMap({ needMap: 0, needOnline: 0 })).ret;
  } catch {
    const { nodes, sockets, cores, threads } = await connect.nodeGetInfo(); // an old driver
    return nodes * sockets * cores * threads;
  }
}

/** Processors as a map of bytes, and back. */
const bytesOf = (cpus: readonly number[], count: number): Uint8Array => {
  const map = new Uint8Array(Math.ceil(count / 8));
  for (const cpu of cpus) map[cpu >> 3] = (map[cpu >> 3] ?? 0) | (1 << (cpu & 7));
  return map;
};
export const cpusOf = (map: Uint8Array, count = map.length * 8): number[] =>
  Array.from({ length: count }, (_, cpu) => cpu).filter(
    (cpu) => (((map[cpu >> 3] ?? 0) >> (cpu & 7)) & 1) === 1,
  );

/** "0-3,^2", or "r" for all. @throws ShellError if it is no list, or names processors the host has not */
export function cpuMap(text: string, count: number): Uint8Array {
  const all = Array.from({ length: count }, (_, cpu) => cpu);
  const cpus = text === "r" ? all : parseBitmap(text);
  if (cpus === undefined || cpus.length === 0) {
    const cause = invalidArg(ErrorDomain.NONE, `Failed to parse bitmap '${text}'`);
    throw new ShellError(`Invalid cpulist '${text}'`, { cause });
  }
  const last = cpus.at(-1) ?? 0;
  if (last >= count) throw new ShellError(`CPU ${last} in cpulist '${text}' exceed the maxcpu ${count}`);
  return bytesOf(cpus, count);
}

export const setvcpus = command("setvcpus", {
  help: "change how many processors a domain has",
  options: {
    domain,
    count: required(uint("how many processors")),
    maximum: flag("the upper limit at its next start"),
    ...affect,
    guest: flag("let the guest's agent do it"),
    hotpluggable: flag("let more of them be taken away again"),
  },
  async run(args, { connect }) {
    const { domain: name, maximum, guest, hotpluggable, config } = args;
    exclusive({ maximum, guest });
    const impact = impactOf(args);
    exclusive({ guest, config });
    requires("maximum", maximum, "config", config);
    const domain = await findDomain(connect, name);
    const nvcpus = args.count;
    if (nvcpus === 0) throw new ShellError("Can't set 0 processors for a VM");
    const flags =
      impact |
      flagsOf([
        [guest, Vcpu.GUEST],
        [maximum, Vcpu.MAXIMUM],
        [hotpluggable, Vcpu.HOTPLUGGABLE],
      ]);
    const isPlain = flags === 0 && !args.current;
    await (isPlain ? domain.setVcpus({ nvcpus }) : domain.setVcpusFlags({ nvcpus, flags }));
  },
});

export const setvcpu = command("setvcpu", {
  help: "turn single processors of a domain on or off",
  options: {
    domain,
    vcpulist: arg("processors, as 0-3,^2"),
    enable: flag("turn it on"),
    disable: flag("turn it off"),
    ...affect,
  },
  async run(args, { connect }) {
    const { domain: name, vcpulist, enable, disable } = args;
    exclusive({ enable, disable });
    const flags = impactOf(args);
    if (!enable && !disable) throw new ShellError("one of --enable, --disable is required");
    const domain = await findDomain(connect, name);
    await domain.setVcpu({ cpumap: vcpulist, state: enable ? 1 : 0, flags });
  },
});

export const vcpucount = command("vcpucount", {
  help: "tell how many processors a domain has",
  options: {
    domain,
    maximum: flag("the upper limit"),
    active: flag("those that run"),
    live: flag("those it has now"),
    config: flag("those of its next start"),
    current: flag("those of the state it is in"),
    guest: flag("those the guest says it uses"),
  },
  async run(args, { connect, out }) {
    const { domain: name, maximum, active, live, config, guest } = args;
    exclusive({ live, config });
    exclusive({ maximum, active });
    exclusive({ guest, config });
    const flags = flagsOf([
      [live, Vcpu.LIVE],
      [config, Vcpu.CONFIG],
      [maximum, Vcpu.MAXIMUM],
      [guest, Vcpu.GUEST],
    ]);
    const domain = await findDomain(connect, name);
    const isOne = args.current || live || config || maximum || active || guest;
    if (isOne) {
      const count = domain.getVcpusFlags({ flags });
      const failure = "Failed to retrieve vCPU count from the guest";
      out.line(String(await (guest ? doing(failure, count) : count)));
      return;
    }
    const kinds = [
      ["maximum", "config", Vcpu.MAXIMUM | Vcpu.CONFIG],
      ["maximum", "live", Vcpu.MAXIMUM | Vcpu.LIVE],
      ["current", "config", Vcpu.CONFIG],
      ["current", "live", Vcpu.LIVE],
    ] as const;
    for (const [what, when, which] of kinds) {
      const count = await domain.getVcpusFlags({ flags: which }).catch(() => undefined); // it does not run
      if (count === undefined) continue;
      const text = `${what.padEnd(12)} ${when.padEnd(12)} ${String(count).padStart(3)}\n`;
      out.value(text, { kind: what, state: when, count });
    }
  },
});

export const vcpuinfo = command("vcpuinfo", {
  help: "tell what the processors of a domain do",
  options: { domain, pretty: flag("for people") },
  async run({ domain: name, pretty }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const count = await hostCpus(connect);
    const maplen = Math.ceil(count / 8);
    const { nrVirtCpu: maxinfo } = await domain.getInfo();
    const states = ["offline", "running", "blocked"];
    const affinity = (map: Uint8Array) => {
      const cpus = cpusOf(map, count);
      if (pretty) return `${formatBitmap(cpus)} (out of ${count})`;
      return Array.from({ length: count }, (_, cpu) => (cpus.includes(cpu) ? "y" : "-")).join("");
    };
    const running = domain.id !== -1;
    const { info, cpumaps } = running
      ? await domain.getVcpus({ maxinfo, maplen })
      : { info: [], cpumaps: (await domain.getVcpuPinInfo({ ncpumaps: maxinfo, maplen })).cpumaps };
    const vcpus = running ? info.length : maxinfo;
    for (let vcpu = 0; vcpu < vcpus; vcpu++) {
      const its = info[vcpu];
      const map = cpumaps.subarray(vcpu * maplen, (vcpu + 1) * maplen);
      const rows: [string, string][] = [["VCPU:", String(its?.number ?? vcpu)]];
      if (its === undefined) rows.push(["CPU:", "N/A"], ["State:", "N/A"], ["CPU time", "N/A"]);
      else {
        rows.push(
          ["CPU:", its.cpu >= 0 ? String(its.cpu) : "N/A"],
          ["State:", states[its.state] ?? "no state"],
        );
        if (its.cpuTime !== 0n) rows.push(["CPU time:", `${(Number(its.cpuTime) / 1e9).toFixed(1)}s`]);
      }
      rows.push(["CPU Affinity:", affinity(map)]);
      out.fields(rows);
      if (vcpu < vcpus - 1) out.gap();
    }
  },
});

export const vcpupin = command("vcpupin", {
  help: "tell or set which host processors those of a domain may use",
  options: {
    domain,
    vcpu: uint("number of the processor"),
    cpulist: text("host processors, as 0-3,^2; r for all"),
    ...affect,
  },
  async run(args, { connect, out }) {
    const { domain: name, cpulist } = args;
    const flags = impactOf(args);
    const domain = await findDomain(connect, name);
    const { vcpu } = args;
    if (cpulist !== undefined && vcpu === undefined)
      throw new ShellError("vcpupin: Missing vCPU number in pin mode.");
    const count = await hostCpus(connect);
    if (cpulist === undefined) {
      const maplen = Math.ceil(count / 8);
      const { nrVirtCpu } = await domain.getInfo();
      if (vcpu !== undefined && vcpu >= nrVirtCpu) {
        const which = domain.id === -1 || args.config ? "persistent cpu count" : "live cpu count";
        throw new ShellError(`vcpu ${vcpu} is out of range of ${which} ${nrVirtCpu}`);
      }
      const { cpumaps, num } = await domain.getVcpuPinInfo({ ncpumaps: nrVirtCpu, maplen, flags });
      const rows = Array.from({ length: num }, (_, each) => each)
        .filter((each) => vcpu === undefined || each === vcpu)
        .map((each) => [
          String(each),
          formatBitmap(cpusOf(cpumaps.subarray(each * maplen, (each + 1) * maplen), count)),
        ]);
      out.table(["VCPU", "CPU Affinity"], rows);
      return;
    }
    const cpumap = cpuMap(cpulist, count);
    const isPlain = flags === 0 && !args.current;
    await (isPlain
      ? domain.pinVcpu({ vcpu: vcpu ?? 0, cpumap })
      : domain.pinVcpuFlags({ vcpu: vcpu ?? 0, cpumap, flags }));
  },
});

export const emulatorpin = command("emulatorpin", {
  help: "tell or set which host processors the emulator of a domain may use",
  options: { domain, cpulist: text("host processors, as 0-3,^2; r for all"), ...affect },
  async run(args, { connect, out }) {
    const { domain: name, cpulist } = args;
    const flags = impactOf(args);
    const domain = await findDomain(connect, name);
    const count = await hostCpus(connect);
    if (cpulist === undefined) {
      const { cpumaps } = await domain.getEmulatorPinInfo({ maplen: Math.ceil(count / 8), flags });
      const cpus = formatBitmap(cpusOf(cpumaps, count));
      out.extra("emulator: CPU Affinity\n----------------------------------\n       *: ");
      out.value(`${cpus}\n`, { cpus });
      return;
    }
    await domain.pinEmulator({ cpumap: cpuMap(cpulist, count), flags });
  },
});

export const guestvcpus = command("guestvcpus", {
  help: "tell or set which processors a guest uses, by its agent",
  options: {
    domain,
    cpulist: text("processors, as 0-3,^2"),
    enable: flag("turn it on"),
    disable: flag("turn it off"),
  },
  async run({ domain: name, cpulist, enable, disable }, { connect, out }) {
    exclusive({ enable, disable });
    requires("enable", enable, "cpulist", cpulist);
    requires("disable", disable, "cpulist", cpulist);
    if (cpulist !== undefined && !enable && !disable)
      throw new ShellError("One of options --enable or --disable is required by option --cpulist");
    const domain = await findDomain(connect, name);
    if (cpulist !== undefined) {
      await domain.setGuestVcpus({ cpumap: cpulist, state: enable ? 1 : 0 });
      return;
    }
    const params = await domain.getGuestVcpus();
    for (const [field, value] of Object.entries(params))
      out.value(`${field.padEnd(15)}: ${value}\n`, { [field]: String(value) });
  },
});

export const cpuStats = command("cpu-stats", {
  help: "tell how much processor time a domain has used",
  options: {
    domain,
    total: flag("the sum of all"),
    start: int("first processor"),
    count: int("how many processors"),
  },
  async run({ domain: name, total, start, count }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const isAll = !total && start === undefined && count === undefined;
    const wantsCpus = isAll || start !== undefined || count !== undefined;
    if (wantsCpus) await showCpus(domain, { start: start ?? 0, count }, out);
    if (!total && !isAll) return;
    const failure = `Failed to retrieve CPU statistics for domain '${domain.name}'`;
    const stats = await doing(failure, domain.getCpuStats({ startCpu: -1, ncpus: 1 }));
    showTimes(out, "Total", stats);
  },
});

/** One processor after the other. @throws ShellError for one that is not there */
async function showCpus(
  domain: Domain,
  { start, count }: { start: number; count: number | undefined },
  out: Context["out"],
): Promise<void> {
  const failure = `Failed to retrieve CPU statistics for domain '${domain.name}'`;
  const asked = { dom: domain, nparams: 0, startCpu: 0, ncpus: 0, flags: 0 };
  const { nparams: cpus } = await doing(failure, domain.session.call(remote.procs.domainGetCpuStats, asked));
  if (start < 0) throw new ShellError("Invalid value for start CPU");
  if (count !== undefined && count < 0) throw new ShellError("Invalid value for number of CPUs to show");
  if (start >= cpus) throw new ShellError(`Start CPU ${start} is out of range (min: 0, max: ${cpus - 1})`);
  for (let cpu = start; cpu < Math.min(cpus, start + (count ?? cpus)); cpu++) {
    const stats = await doing(failure, domain.getCpuStats({ startCpu: cpu, ncpus: 1 }));
    showTimes(out, `CPU${cpu}`, stats);
  }
}

/** Nanoseconds as seconds. */
function showTimes(out: Context["out"], whose: string, stats: TypedValues): void {
  const lines = Object.entries(stats).map(([field, value]) => {
    if (typeof value !== "bigint") return `\t${field.padEnd(12)} ${paramText(value)}\n`;
    const whole = String(value / 1_000_000_000n).padStart(9);
    return `\t${field.padEnd(12)} ${whole}.${String(value % 1_000_000_000n).padStart(9, "0")} seconds\n`;
  });
  const named = Object.fromEntries(Object.entries(stats).map(([field, value]) => [field, String(value)]));
  out.value(`${whose}:\n${lines.join("")}`, { [whose]: named });
}
