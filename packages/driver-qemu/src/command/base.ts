import type { Loader } from "@libvirt-ts/conf/domain";
import { isI440fx, isQ35 } from "../device/machine.ts";
import { type DeviceContext, objectPart, optionPart, type Part } from "../device/parts.ts";
import { clockParts } from "./clock-option.ts";
import { cpuParts } from "./cpu-option.ts";
import { firmwareParts, secureFlashParts } from "./firmware.ts";
import { acceleratorPart, machinePart } from "./machine-option.ts";
import { memoryParts, numaParts } from "./memory-option.ts";
import { smbiosParts } from "./smbios.ts";
import { optionText } from "./text.ts";

/** Everything before the devices, in QEMU driver's order. */
export function baseParts(context: DeviceContext): Part[] {
  const { def, paths, fds, passFds, resources } = context;
  const parts: Part[] = [];
  parts.push(
    optionPart(
      "-name",
      optionText(undefined, [
        ["guest", def.name],
        ["process", processName(context)],
        ["debug-threads", true],
      ]),
    ),
  );
  const behavior = def.qemuDeprecation?.behavior ?? "none";
  if (behavior !== "none") parts.push(compatPart(behavior));
  parts.push(optionPart("-S"));
  parts.push(
    objectPart({
      "qom-type": "secret",
      id: "masterKey0",
      format: "raw",
      file: `${paths.domain}/master-key.aes`,
    }),
  );
  if (usesManagedReservations(context)) {
    parts.push(
      objectPart({
        "qom-type": "pr-manager-helper",
        id: "pr-helper0",
        path: `${paths.domain}/pr-helper0.sock`,
      }),
    );
  }
  parts.push(...firmwareParts(context));
  parts.push(machinePart(context), acceleratorPart(context));
  const tseg = def.features?.smm?.tsegBytes;
  if (tseg !== undefined) parts.push(optionPart("-global", `mch.extended-tseg-mbytes=${tseg / 1048576n}`));
  parts.push(...cpuParts(context), ...secureFlashParts(context));
  parts.push(...biosParts(def.os.loader));
  parts.push(...memoryParts(context));
  parts.push(optionPart("-overcommit", `mem-lock=${def.memoryBacking?.locked ? "on" : "off"}`));
  parts.push(smpPart(context));
  for (const thread of iothreads(def)) {
    parts.push(
      objectPart({
        "qom-type": "iothread",
        id: `iothread${thread.id}`,
        "thread-pool-min": thread.threadPoolMin,
        "thread-pool-max": thread.threadPoolMax,
        "poll-max-ns": thread.poll?.max,
        "poll-grow": thread.poll?.grow,
        "poll-shrink": thread.poll?.shrink,
      }),
    );
  }
  if (def.defaultiothread !== undefined) {
    parts.push(
      objectPart({
        "qom-type": "main-loop",
        id: "main-loop",
        "thread-pool-min": def.defaultiothread.threadPoolMin,
        "thread-pool-max": def.defaultiothread.threadPoolMax,
      }),
    );
  }
  parts.push(...throttleGroups(context));
  parts.push(...numaParts(context));
  parts.push(optionPart("-uuid", def.uuid));
  parts.push(...smbiosParts(context));
  if (def.genid !== undefined)
    parts.push({ kind: "device", props: { driver: "vmgenid", guid: def.genid.uuid, id: "vmgenid0" } });
  if (def.devices.graphics.length === 0) parts.push(optionPart("-display", "none"));
  parts.push(optionPart("-no-user-config"), optionPart("-nodefaults"));
  parts.push({
    kind: "chardev",
    id: "charmonitor",
    backend: "socket",
    options: [
      passFds ? ["fd", fds.use(resources.monitorFd)] : ["path", `${paths.domain}/monitor.sock`],
      ["server", true],
      ["wait", false],
    ],
  });
  parts.push(optionPart("-mon", "chardev=charmonitor,id=monitor,mode=control"));
  parts.push(...clockParts(context));
  parts.push(optionPart("-no-shutdown"));
  parts.push(...noAcpi(context));
  parts.push(...powerManagement(context));
  parts.push(...bootParts(context), ...rootHotplug(context));
  return parts;
}

/** The I/O threads asked for: those described, and as many more as `<iothreads>` says. */
function iothreads(def: DeviceContext["def"]) {
  const described = def.iothreadids?.iothreads ?? [];
  const all: (typeof described)[number][] = [...described];
  for (let id = 1; all.length < (def.iothreads ?? 0); id++)
    if (!all.some((t) => t.id === id)) all.push({ id });
  return all.sort((a, b) => (def.iothreadids === undefined ? a.id - b.id : 0));
}

const processName = ({ settings, def }: DeviceContext) =>
  settings.setProcessName ? `qemu:${def.name}` : undefined;

function compatPart(behavior: string): Part {
  const output = behavior === "crash" ? "hide" : behavior === "omit" ? "hide" : "hide";
  const input = behavior === "omit" ? undefined : behavior === "reject" ? "reject" : "crash";
  const json =
    input === undefined
      ? `{"deprecated-output":"${output}"}`
      : `{"deprecated-output":"${output}","deprecated-input":"${input}"}`;
  return optionPart("-compat", json);
}

const usesManagedReservations = ({ def }: DeviceContext): boolean =>
  def.devices.disks.some((disk) => disk.source?.reservations?.managed === true);

/** A loader that is not flash is a ROM image. */
function biosParts(loader: Loader | undefined): Part[] {
  if (loader?.path === undefined || loader.path === "" || loader.type === "pflash") return [];
  return [optionPart("-bios", loader.path)];
}

function smpPart({ def, caps }: DeviceContext): Part {
  const max = def.vcpu.count;
  const current = bootVcpus(def);
  const topology = def.cpu?.topology;
  const sized = topology ?? { sockets: max, cores: 1, threads: 1, dies: 1, clusters: 1 };
  // What is at its default is only spelled out where the user spelled out the topology.
  const explicit = topology !== undefined;
  const hasDies = caps.flags.has("smp-dies");
  const hasClusters = caps.flags.has("smp-clusters");
  return optionPart(
    "-smp",
    optionText(String(current), [
      ["maxcpus", current < max ? max : undefined],
      ["sockets", sized.sockets],
      ["dies", explicit && hasDies ? sized.dies : undefined],
      ["clusters", explicit && hasClusters ? sized.clusters : undefined],
      ["cores", sized.cores],
      ["threads", sized.threads],
    ]),
  );
}

/** vCPUs that exist when QEMU starts; others that are enabled are plugged in before the guest runs. */
function bootVcpus({ vcpu, vcpuList }: DeviceContext["def"]): number {
  const list = vcpuList?.vcpus ?? [];
  if (list.length > 0) return list.filter((v) => v.enabled && v.hotpluggable !== true).length;
  return vcpu.current ?? vcpu.count;
}

const limitNames = [
  ["bps-total", "totalBytesSec"],
  ["bps-read", "readBytesSec"],
  ["bps-write", "writeBytesSec"],
  ["iops-total", "totalIopsSec"],
  ["iops-read", "readIopsSec"],
  ["iops-write", "writeIopsSec"],
  ["bps-total-max", "totalBytesSecMax"],
  ["bps-read-max", "readBytesSecMax"],
  ["bps-write-max", "writeBytesSecMax"],
  ["iops-total-max", "totalIopsSecMax"],
  ["iops-read-max", "readIopsSecMax"],
  ["iops-write-max", "writeIopsSecMax"],
  ["iops-size", "sizeIopsSec"],
] as const;
const lengthNames = [
  ["bps-total-max-length", "totalBytesSecMaxLength"],
  ["bps-read-max-length", "readBytesSecMaxLength"],
  ["bps-write-max-length", "writeBytesSecMaxLength"],
  ["iops-total-max-length", "totalIopsSecMaxLength"],
  ["iops-read-max-length", "readIopsSecMaxLength"],
  ["iops-write-max-length", "writeIopsSecMaxLength"],
] as const;

function throttleGroups({ def }: DeviceContext): Part[] {
  return (def.throttlegroups?.groups ?? []).map((group) => {
    const limits: Record<string, number | bigint> = {};
    for (const [name, field] of limitNames) limits[name] = group[field] ?? 0;
    for (const [name, field] of lengthNames) {
      const value = group[field];
      if (value) limits[name] = value;
    }
    return objectPart({ "qom-type": "throttle-group", id: `throttle-${group.groupName}`, limits });
  });
}

function rootHotplug({ def, caps }: DeviceContext): Part[] {
  const parts: Part[] = [];
  const root = def.devices.controllers.find(
    (c) => c.type === "pci" && c.model === "pci-root" && c.index === 0,
  );
  if (
    isI440fx(def) &&
    root?.type === "pci" &&
    root.target?.hotplug !== undefined &&
    caps.flags.has("piix4.acpi-root-pci-hotplug")
  ) {
    parts.push(optionPart("-global", `PIIX4_PM.acpi-root-pci-hotplug=${root.target.hotplug ? "on" : "off"}`));
  }
  return parts;
}

/** Only for QEMU whose machines have no switch for it. */
function noAcpi({ def, caps }: DeviceContext): Part[] {
  const { arch = "" } = def.os.type;
  const isKnown =
    arch === "x86_64" ||
    arch === "i686" ||
    ((arch === "aarch64" || arch.startsWith("armv")) && def.os.type.machine?.startsWith("virt"));
  if (!isKnown || def.features?.acpi || machineHasAcpiOption({ def, caps })) return [];
  return [optionPart("-no-acpi")];
}

export const machineHasAcpiOption = ({ def, caps }: Pick<DeviceContext, "def" | "caps">): boolean => {
  const accel = caps.accel[def.type === "kvm" || def.type === "hvf" ? def.type : "tcg"];
  return accel?.machines.find((m) => m.name === def.os.type.machine)?.acpi !== undefined;
};

function powerManagement({ def }: DeviceContext): Part[] {
  const { suspendToMem, suspendToDisk } = def.pm ?? {};
  const device = isQ35(def) ? "ICH9-LPC" : "PIIX4_PM";
  const parts: Part[] = [];
  if (suspendToMem !== undefined)
    parts.push(optionPart("-global", `${device}.disable_s3=${suspendToMem ? 0 : 1}`));
  if (suspendToDisk !== undefined)
    parts.push(optionPart("-global", `${device}.disable_s4=${suspendToDisk ? 0 : 1}`));
  return parts;
}

function bootParts({ def }: DeviceContext): Part[] {
  const { os } = def;
  const parts: Part[] = [];
  const menu = os.bootmenu;
  parts.push(
    optionPart(
      "-boot",
      optionText(undefined, [
        ["menu", menu?.enable],
        ["splash-time", menu?.enable ? menu.timeout : undefined],
        ["reboot-timeout", os.bios?.rebootTimeout],
        ["strict", true],
      ]),
    ),
  );
  for (const [name, value] of [
    ["-kernel", os.kernel],
    ["-initrd", os.initrd],
    ["-append", os.cmdline],
    ["-dtb", os.dtb],
    ["-shim", os.shim],
  ] as const) {
    if (value !== undefined) parts.push(optionPart(name, value));
  }
  for (const { type, path } of os.acpi?.tables ?? []) {
    const signature = type === "slic" ? "SLIC" : type === "msdm" ? "MSDM" : undefined;
    parts.push(
      optionPart(
        "-acpitable",
        optionText(undefined, [
          ["sig", signature],
          ["file", path],
        ]),
      ),
    );
  }
  return parts;
}
