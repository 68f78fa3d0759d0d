import { findMachine } from "../caps/qemu-caps.ts";
import { isArmVirt, isPseries } from "../device/machine.ts";
import { type DeviceContext, optionPart, type Part } from "../device/parts.ts";
import { machineHasAcpiOption } from "./base.ts";
import { pflashNodes } from "./firmware.ts";
import { type OptionValue, optionText } from "./text.ts";

type Options = [key: string, value: OptionValue][];

export function machinePart(context: DeviceContext): Part {
  const { def, caps, settings } = context;
  const { features, devices } = def;
  const options: Options = [["usb", false]];
  options.push(["vmport", features?.vmport?.state]);
  options.push(["smm", features?.smm?.state]);
  for (const { name, state } of def.keywrap?.ciphers ?? []) options.push([`${name}-key-wrap`, state]);
  if (features?.gic !== undefined && isArmVirt(def) && features.gic.version !== undefined)
    options.push(["gic-version", features.gic.version]);
  if (devices.iommus.some((iommu) => iommu.model === "smmuv3")) options.push(["iommu", "smmuv3"]);
  if (features?.ioapic !== undefined)
    options.push(["kernel_irqchip", features.ioapic === "kvm" ? "on" : "split"]);
  options.push(...pseriesOptions(context));
  options.push(["ras", features?.ras], ["aia", features?.aia]);
  options.push(["i8042", caps.flags.has("machine-i8042-opt") ? features?.ps2 : undefined]);
  options.push(["dump-guest-core", def.dumpCore ?? settings.dumpGuestCore]);
  options.push(["mem-merge", def.memoryBacking?.nosharepages ? false : undefined]);
  if (devices.memories.some((memory) => memory.model === "nvdimm")) options.push(["nvdimm", true]);
  const ram = systemRam(context);
  if (ram !== undefined) options.push(["memory-backend", ram]);
  for (const [i, node] of pflashNodes(context).entries()) options.push([`pflash${i}`, node]);
  if (
    def.cpu?.numa?.cells.some((cell) => cell.caches.length > 0) ||
    def.cpu?.numa?.interconnects !== undefined
  )
    options.push(["hmat", true]);
  if (def.launchSecurity !== undefined) options.push(["confidential-guest-support", "lsec0"]);
  for (const [i, memory] of devices.memories.filter((m) => m.model === "sgx-epc").entries()) {
    options.push([`sgx-epc.${i}.memdev`, `mem${memory.alias}`]);
    options.push([`sgx-epc.${i}.node`, memory.target?.node]);
  }
  if (isPseries(def) && def.cpu?.mode === "host-model")
    options.push(["max-cpu-compat", def.cpu.model?.name?.toLowerCase()]);
  options.push(["loadparm", diskLoadparm(context)]);
  const hpet = def.clock.timers.find((timer) => timer.name === "hpet")?.present;
  if (caps.flags.has("machine-hpet")) options.push(["hpet", hpet]);
  if (devices.sounds.some((sound) => sound.model === "pcspk")) {
    const audio = devices.sounds.find((sound) => sound.model === "pcspk")?.audio ?? devices.audios[0]?.id;
    if (audio !== undefined) options.push(["pcspk-audiodev", `audio${audio}`]);
  }
  if (machineHasAcpiOption(context) && hasAcpiSwitch(context))
    options.push(["acpi", features?.acpi === true]);
  return optionPart("-machine", optionText(def.os.type.machine, options));
}

/** Some boards never have ACPI: they have no switch for it. */
function hasAcpiSwitch({ def, caps }: DeviceContext): boolean {
  return findMachine(caps, def.type, def.os.type.machine ?? "")?.acpi === true;
}

/** Name of the object with the guest's memory, unless its NUMA nodes have one each. */
export function systemRam({ def, caps }: DeviceContext): string | undefined {
  if ((def.cpu?.numa?.cells.length ?? 0) > 0) return undefined;
  return findMachine(caps, def.type, def.os.type.machine ?? "")?.defaultRamId;
}

/** s390 takes it from the first boot device; only a machine without boot devices needs it here. */
function diskLoadparm({ def, caps }: DeviceContext): string | undefined {
  if (caps.flags.has("virtio-ccw.loadparm") || !def.os.type.arch?.startsWith("s390")) return undefined;
  const all = [...def.devices.disks, ...def.devices.interfaces, ...def.devices.hostdevs];
  const first = all
    .filter((d) => d.boot !== undefined)
    .sort((a, b) => (a.boot?.order ?? 0) - (b.boot?.order ?? 0))[0];
  return first?.boot?.loadparm?.toUpperCase();
}

function pseriesOptions({ def }: DeviceContext): Options {
  const { features } = def;
  if (features === undefined) return [];
  const size = features.hpt?.maxpagesizeBytes;
  return [
    ["resize-hpt", features.hpt?.resizing],
    ["cap-hpt-max-page-size", size === undefined ? undefined : `${size / 1024n}k`],
    ["cap-htm", features.htm],
    ["cap-nested-hv", features.nestedHv],
    ["cap-ccf-assist", features.ccfAssist],
    ["cap-cfpc", features.cfpc],
    ["cap-sbbc", features.sbbc],
    ["cap-ibs", features.ibs],
  ];
}

export function acceleratorPart({ def }: DeviceContext): Part {
  const { features } = def;
  switch (def.type) {
    case "kvm": {
      const ring = features?.kvm?.dirtyRing;
      return optionPart(
        "-accel",
        optionText("kvm", [["dirty-ring-size", ring?.state ? ring.size : undefined]]),
      );
    }
    case "hvf":
      return optionPart("-accel", "hvf");
    default: {
      const cache = features?.tcg?.tbCacheKiB;
      return optionPart(
        "-accel",
        optionText("tcg", [["tb-size", cache === undefined ? undefined : cache / 1024]]),
      );
    }
  }
}
