import {
  ConnectBaselineCpuFlags,
  ConnectCompareCpuFlags,
  CpuCompareResult,
  NodeSuspendTarget,
} from "@libvirt-ts/api";
import { arg, doing, flag, longLong, required, ShellError, text, uint } from "@libvirt-ts/cli";
import { typed } from "@libvirt-ts/protocol";
import { formatTree, parseXml, type XmlElement } from "@libvirt-ts/xml";
import { type Context, command } from "../context.ts";
import { readText } from "../support/files.ts";
import { flagsOf, xpathView } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";
import { libraryVersion } from "../usage.ts";

export const capabilities = command("capabilities", {
  help: "tell what host and hypervisor can do",
  options: { ...xpathView },
  async run({ xpath, wrap }, { connect, out }) {
    const xml = await doing("failed to get capabilities", connect.getCapabilities());
    if (xpath === undefined) out.line(xml);
    else showXml(out, xml, { xpath, wrap });
  },
});

export const cpuBaseline = command("cpu-baseline", {
  help: "find a processor that all of several can give",
  options: {
    file: arg("file with the XML"),
    features: flag("name all features"),
    migratable: flag("fit for migration"),
  },
  async run({ file, features, migratable }, { connect, out }) {
    const flags = baselineFlags({ features, migratable });
    const xmlCPUs = await readCpus(file);
    out.text(await connect.baselineCpu({ xmlCPUs, flags }));
  },
});

const baselineFlags = ({ features, migratable }: { features: boolean; migratable: boolean }): number =>
  flagsOf([
    [features, ConnectBaselineCpuFlags.EXPAND_FEATURES],
    [migratable, ConnectBaselineCpuFlags.MIGRATABLE],
  ]);

/**
 * All `<cpu>` of a file: of guests, of hosts, of domains, one after another.
 * @throws ShellError if there is none
 */
async function readCpus(file: string): Promise<string[]> {
  const text = (await readText(file)).replace(/<\?xml[^>]*\?>/g, "");
  const cpus = found(parseXml(`<container>${text}</container>`)).map((cpu) => `${formatTree(cpu, 0)}\n`);
  if (cpus.length === 0) throw new ShellError(`No host CPU specified in '${file}'`);
  return cpus;

  function found(element: XmlElement): XmlElement[] {
    if (element.name === "cpu") return [element];
    if (element.name === "mode" && element.attrs.name === "host-model")
      return [{ ...element, name: "cpu", attrs: {} }];
    return element.children.flatMap(found);
  }
}
export const cpuCompare = command("cpu-compare", {
  help: "compare the processor of the host with a description",
  options: {
    file: arg("file with the XML"),
    error: flag("fail if they do not fit"),
    validate: flag("check against the schema"),
  },
  async run({ file, error, validate }, { connect, out }) {
    const flags = compareFlags({ error, validate });
    const [xml = ""] = await readCpus(file);
    const result = connect.compareCpu({ xml, flags });
    tellComparison(out, await doing(`Failed to compare host CPU with ${file}`, result), {
      file,
      whose: "host CPU",
      supersetOf: "Host CPU is a superset of CPU described in",
    });
  },
});

const compareFlags = ({ error, validate }: { error: boolean; validate: boolean }): number =>
  flagsOf([
    [error, ConnectCompareCpuFlags.FAIL_INCOMPATIBLE],
    [validate, ConnectCompareCpuFlags.VALIDATE_XML],
  ]);

/** @throws ShellError if the CPUs do not fit: that is a failure too */
function tellComparison(
  out: Context["out"],
  result: number,
  { file, whose, supersetOf }: { file: string; whose: string; supersetOf: string },
): void {
  if (result === CpuCompareResult.IDENTICAL) {
    const same = whose === "host CPU" ? "identical to" : "identical to the CPU provided by";
    out.line(
      whose === "host CPU"
        ? `CPU described in ${file} is identical to ${whose}`
        : `CPU described in ${file} is ${same} hypervisor on the host`,
    );
    return;
  }
  if (result === CpuCompareResult.SUPERSET) {
    out.line(`${supersetOf} ${file}`);
    return;
  }
  const provider = whose === "host CPU" ? "host CPU" : "the CPU provided by hypervisor on the host";
  out.line(`CPU described in ${file} is incompatible with ${provider}`);
  throw new ShellError("");
}
export const cpuModels = command("cpu-models", {
  help: "name the processors of an architecture",
  options: { arch: arg("architecture of the guest") },
  async run({ arch }, { connect, out }) {
    const models = await doing("failed to get CPU model names", connect.getCpuModelNames({ arch }));
    if (models.length === 0) out.text("all CPU models are accepted");
    for (const model of models) out.line(model);
  },
});

export const domcapabilities = command("domcapabilities", {
  help: "tell what guests of a kind can have",
  options: {
    virttype: text("kind of virtualization"),
    emulatorbin: text("path of the emulator"),
    arch: text("architecture of the guest"),
    machine: text("type of the machine"),
    "disable-deprecated-features": flag("leave features out that are going away"),
    ...xpathView,
  },
  async run(args, { connect, out }) {
    const { virttype = null, emulatorbin = null, arch = null, machine = null, xpath, wrap } = args;
    const flags = args.disableDeprecatedFeatures ? 1 : 0;
    const xml = await doing(
      "failed to get emulator capabilities",
      connect.getDomainCapabilities({ emulatorbin, arch, machine, virttype, flags }),
    );
    if (xpath === undefined) out.line(xml);
    else showXml(out, xml, { xpath, wrap });
  },
});

export const hostname = command("hostname", {
  help: "tell the name of the host",
  async run(_args, { connect, out }) {
    out.line(await doing("failed to get hostname", connect.getHostname()));
  },
});

export const hypervisorCpuBaseline = command("hypervisor-cpu-baseline", {
  help: "find a processor the hypervisor can give on all of several hosts",
  options: {
    file: text("file with the XML"),
    virttype: text("kind of virtualization"),
    emulator: text("path of the emulator"),
    arch: text("architecture of the guest"),
    machine: text("type of the machine"),
    features: flag("name all features"),
    migratable: flag("fit for migration"),
    model: text("model of the device"),
  },
  async run(args, { connect, out }) {
    const { file, virttype = null, emulator = null, arch = null, machine = null } = args;
    const xmlCPUs = file === undefined ? [] : await readCpus(file);
    const flags = baselineFlags(args);
    const asked = { emulator, arch, machine, virttype, xmlCPUs, flags };
    out.text(await connect.baselineHypervisorCpu(asked));
  },
});

export const hypervisorCpuCompare = command("hypervisor-cpu-compare", {
  help: "compare what the hypervisor can give with a description",
  options: {
    file: arg("file with the XML"),
    virttype: text("kind of virtualization"),
    emulator: text("path of the emulator"),
    arch: text("architecture of the guest"),
    machine: text("type of the machine"),
    error: flag("fail if they do not fit"),
    validate: flag("check against the schema"),
  },
  async run(args, { connect, out }) {
    const { file, virttype = null, emulator = null, arch = null, machine = null } = args;
    const flags = compareFlags(args);
    const [xmlCPU = ""] = await readCpus(file);
    const result = connect.compareHypervisorCpu({ emulator, arch, machine, virttype, xmlCPU, flags });
    tellComparison(out, await doing(`Failed to compare hypervisor CPU with ${file}`, result), {
      file,
      whose: "hypervisor",
      supersetOf: "The CPU provided by hypervisor on the host is a superset of CPU described in",
    });
  },
});

export const maxvcpus = command("maxvcpus", {
  help: "tell how many processors a guest may have",
  options: { type: text("kind of virtualization") },
  async run({ type = null }, { connect, out }) {
    out.line(String(await connect.getMaxVcpus({ type })));
  },
});

export const nodeMemoryTune = command("node-memory-tune", {
  help: "tell or set how the host merges pages",
  options: {
    "shm-pages-to-scan": uint("pages that are looked at at once"),
    "shm-sleep-millisecs": uint("rest between two looks"),
    "shm-merge-across-nodes": uint("merge pages of different nodes"),
  },
  async run(args, { connect, out }) {
    const given = Object.entries({
      shm_pages_to_scan: args.shmPagesToScan,
      shm_sleep_millisecs: args.shmSleepMillisecs,
      shm_merge_across_nodes: args.shmMergeAcrossNodes,
    }).filter((entry): entry is [string, number] => entry[1] !== undefined);
    if (given.length > 0) {
      const params = Object.fromEntries(given.map(([name, value]) => [name, typed.uint(value)]));
      await doing("Unable to change memory parameters", connect.nodeSetMemoryParameters({ params }));
      return;
    }
    const params = await doing(
      "Unable to get number of memory parameters",
      connect.nodeGetMemoryParameters(),
    );
    out.line("Shared memory:");
    out.fields(
      Object.entries(params).map(([name, value]) => [`\t${name}`, String(value)]),
      15,
    );
  },
});

export const nodeinfo = command("nodeinfo", {
  help: "tell about processors and memory of the host",
  async run(_args, { connect, out }) {
    const info = await doing("failed to get node information", connect.nodeGetInfo());
    const model = Buffer.from(Int8Array.from(info.model)).toString().replace(/\0.*$/s, "");
    out.fields(
      [
        ["CPU model:", model],
        ["CPU(s):", String(info.cpus)],
        ["CPU frequency:", `${info.mhz} MHz`],
        ["CPU socket(s):", String(info.sockets)],
        ["Core(s) per socket:", String(info.cores)],
        ["Thread(s) per core:", String(info.threads)],
        ["NUMA cell(s):", String(info.nodes)],
        ["Memory size:", `${info.memory} KiB`],
      ],
      20,
    );
  },
});

export const nodesevinfo = command("nodesevinfo", {
  help: "tell what AMD SEV of the host offers",
  async run(_args, { connect, out }) {
    const params = await doing("Unable to get host SEV information", connect.nodeGetSevInfo());
    out.fields(
      Object.entries(params).map(([name, value]) => [`${name.padEnd(18)}:`, String(value)]),
      0,
    );
  },
});

export const nodesuspend = command("nodesuspend", {
  help: "put the host to sleep",
  options: { target: arg("mem, disk or hybrid"), duration: required(longLong("seconds, at least 60")) },
  async run({ target: name, duration }, { connect }) {
    const target = {
      mem: NodeSuspendTarget.MEM,
      disk: NodeSuspendTarget.DISK,
      hybrid: NodeSuspendTarget.HYBRID,
    }[name];
    if (target === undefined) throw new ShellError("Invalid target");
    if (duration < 0n) throw new ShellError("Invalid duration");
    const done = connect.nodeSuspendForDuration({ target, duration });
    await doing("The host was not suspended", done);
  },
});

export const sysinfo = command("sysinfo", {
  help: "tell what firmware says of the host",
  async run(_args, { connect, out }) {
    out.text(await doing("failed to get sysinfo", connect.getSysinfo()));
  },
});

export const uri = command("uri", {
  help: "tell what this shell is connected to",
  async run(_args, { connect, out }) {
    out.line(await doing("failed to get URI", connect.uri()));
  },
});

export const version = command("version", {
  help: "tell the versions of library and hypervisor",
  options: { daemon: flag("of the daemon too") },
  async run({ daemon }, { connect, out }) {
    const type = await doing("failed to get hypervisor type", connect.getType());
    const hypervisor = await doing("failed to get the hypervisor version", connect.getVersion());
    const library = await doing("failed to get the library version", connect.getLibVersion());
    out.line(`Compiled against library: libvirt ${libraryVersion}`);
    out.line(`Using library: libvirt ${libraryVersion}`);
    out.line(`Using API: ${type} ${libraryVersion}`);
    if (hypervisor === 0n) out.line(`Cannot extract running ${type} hypervisor version`);
    else out.line(`Running hypervisor: ${type} ${versionText(hypervisor)}`);
    if (daemon) out.line(`Running against daemon: ${versionText(library)}`);
  },
});

/** 11003000 is "11.3.0". */
const versionText = (version: bigint): string =>
  [version / 1_000_000n, (version / 1000n) % 1000n, version % 1000n].join(".");
