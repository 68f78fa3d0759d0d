import type {
  Address,
  DomainDef,
  Filesystem,
  Iommu,
  Panic,
  Shmem,
  Tpm,
  Watchdog,
} from "@libvirt-ts/conf/domain";
import { allDevices, type Rom } from "@libvirt-ts/conf/domain";

import { isArmVirt, isI440fx, isIsapc, isPseries, isQ35, isS390Ccw } from "../device/machine.ts";
import { isX86 } from "../device/parts.ts";
import { hostdevRules } from "./hostdev-rules.ts";
import { hasSharedMemory } from "./memory-rules.ts";
import { archOf, type DeviceRule, forEach, type Rule, xmlComplaint } from "./rule.ts";

/** What any device may say of its place. */
interface Placed {
  address?: Address | undefined;
  acpiIndex?: number | undefined;
  rom?: Rom | undefined;
}

const addressRule: Rule = (def, { caps }) => {
  for (const each of allDevices(def.devices)) {
    const { address, acpiIndex, rom } = each.device as Placed; // every kind may have them
    if (address?.type === "ccw" && !isS390Ccw(def))
      return `CCW addresses are not supported by machine type '${def.os.type.machine}'`;
    if (address?.type === "spapr-vio" && (address.reg ?? 0n) > 0xffffffffn)
      return `spapr-vio reg='0x${address.reg?.toString(16)}' exceeds maximum possible value (0xffffffff)`;
    if (address?.type === "pci" && address.zpci !== undefined && !caps.flags.has("zpci"))
      return "This QEMU binary doesn't support zPCI";
    if (acpiIndex && !caps.flags.has("acpi-index")) return "ACPI index is not supported with this QEMU";
    const isElsewhere = address !== undefined && address.type !== "pci" && address.type !== "unassigned";
    if (acpiIndex && isElsewhere) return "ACPI index is only supported for PCI devices";
    if (rom && isElsewhere) return "ROM tuning is only supported for PCI devices";
  }
  return undefined;
};

const panic: DeviceRule<Panic> = ({ address, model }, def) => {
  const mayNot = `setting the panic device address is not supported for model '${model}'`;
  switch (model) {
    case undefined:
      return "no panic model provided, and no default for the architecture and machine type";
    case "s390":
      if (!isS390Ccw(def)) return "only S390 guests support panic device of model 's390'";
      return address && mayNot;
    case "pseries":
      if (!isPseries(def)) return "only pSeries guests support panic device of model 'pseries'";
      return address && mayNot;
    case "hyperv":
      return address && mayNot;
    case "isa":
      return address && address.type !== "isa" ? "panic is supported only with ISA address type" : undefined;
    case "pvpanic":
      return address && address.type !== "pci"
        ? "pvpanic is supported only with PCI address type"
        : undefined;
  }
};

const tpm: DeviceRule<Tpm> = ({ backend, model }, def, { caps, tpmVersions }) => {
  if (model !== undefined && !caps.flags.has(model))
    return `The QEMU executable ${def.devices.emulator} does not support TPM model ${model}`;
  if (backend.type !== "emulator") return undefined;
  const { version } = backend;
  if (version === "1.2" && model === "tpm-crb") return `TPM 1.2 is not supported for model '${model}'`;
  if (version === "1.2" && !isX86(archOf(def)))
    return `TPM 1.2 is not supported on architecture '${archOf(def)}'`;
  return version !== undefined && tpmVersions !== undefined && !tpmVersions.includes(version)
    ? `TPM version '${version}' is not supported`
    : undefined;
};

const iommu: DeviceRule<Iommu> = ({ model, address }, def) => {
  const needs = (boards: string) => `IOMMU device: '${model}' is only supported with ${boards} machines`;
  switch (model) {
    case "intel":
      return isQ35(def) ? undefined : needs("Q35");
    case "smmuv3":
      return isArmVirt(def) ? undefined : needs("ARM Virt");
    case "virtio":
      if (!isQ35(def) && !isArmVirt(def)) return needs("Q35 and ARM Virt");
      if (!def.features?.acpi) return "IOMMU device: 'virtio' requires ACPI";
      return address && address.type !== "pci" ? "IOMMU device: 'virtio' needs a PCI address" : undefined;
  }
};

const watchdog: DeviceRule<Watchdog> = ({ model, address }, def) => {
  switch (model) {
    case "i6300esb":
      return address && address.type !== "pci"
        ? "i6300esb model of watchdog can go only on PCI bus"
        : undefined;
    case "ib700":
      if (!isI440fx(def) && !isIsapc(def))
        return "ib700 model of watchdog cannot be used with this machine type";
      return address && "ib700 model of watchdog does not support configuring the address";
    case "diag288":
      if (!archOf(def).startsWith("s390"))
        return "diag288 model of watchdog is allowed for s390 and s390x only";
      return address && "diag288 model of watchdog does not support configuring the address";
    case "itco":
      if (!isQ35(def)) return "itco model of watchdog is only part of q35 machine";
      return address && "itco model of watchdog is part of the machine and cannot have any address set.";
  }
};

const watchdogs: Rule = ({ devices }) => {
  const [first, ...others] = devices.watchdogs;
  if (others.some(({ action }) => action !== first?.action))
    return "watchdogs with different actions are not supported with this QEMU binary";
  const once = devices.watchdogs.filter(({ model }) => model !== "i6300esb").map(({ model }) => model);
  const twice = once.find((model, index) => once.indexOf(model) !== index);
  return twice && `domain can only have one watchdog with model '${twice}'`;
};

const filesystem: DeviceRule<Filesystem> = (fs, def) => {
  const { type, driver, accessmode = "passthrough", spaceHardLimit, spaceSoftLimit } = fs;
  if (type !== "mount") return "only supports mount filesystem type";
  if (spaceHardLimit !== undefined || spaceSoftLimit !== undefined)
    return "filesystem usage limits are not supported with QEMU";
  if ((fs.fmode !== undefined || fs.dmode !== undefined) && accessmode !== "mapped")
    return "fmode and dmode must be used with accessmode=mapped";
  const isPassed = accessmode === "passthrough";
  switch (driver?.type) {
    case "handle":
      return isPassed ? undefined : "only supports passthrough accessmode";
    case "mtp":
      return isPassed ? undefined : "mtp only supports passthrough accessmode";
    case "loop":
    case "nbd":
    case "ploop":
      return "Filesystem driver type not supported";
    case "virtiofs":
      break;
    default:
      return undefined;
  }
  if (!isPassed) return "virtiofs only supports passthrough accessmode";
  if (driver.wrpolicy !== undefined) return "virtiofs does not support wrpolicy";
  if (fs.model !== undefined) return "virtiofs does not support model";
  if (driver.format !== undefined) return "virtiofs does not support format";
  if (fs.multidevs !== undefined && fs.multidevs !== "default") return "virtiofs does not support multidevs";
  if (!hasSharedMemory(def)) return "'virtiofs' requires shared memory";
  return fs.boot !== undefined && fs.address !== undefined && fs.address.type !== "pci"
    ? "setting virtiofs boot order is supported only with PCI bus"
    : undefined;
};

const mib = 1024n * 1024n;

const shmem: DeviceRule<Shmem> = ({ model, size, server, role }) => {
  const is = (rule: string) => `shmem model '${model}' ${rule}`;
  if (model === "ivshmem") return "ivshmem device is no longer supported";
  if (model === "ivshmem-plain") {
    if (server !== undefined) return is("is supported only with server option disabled");
    const isFit = size === undefined || (size >= mib && (size & (size - 1n)) === 0n);
    if (!isFit) return xmlComplaint("shmem size must be a power of 2 and at least 1 MiB (1024 KiB)");
  }
  if (model === "ivshmem-doorbell") {
    if (server === undefined) return is("is supported only with server option enabled");
    if (size !== undefined) return is("does not support size setting");
    if (role !== undefined) return is("is supported only with role option disabled");
  }
  return undefined;
};

const special = ["virtio-transitional", "virtio-non-transitional"];

/** There is one reader with one slot. */
const isElsewhere = ({ address }: DomainDef["devices"]["smartcards"][number]): boolean =>
  address?.type === "ccid" && (address.controller !== 0 || address.slot !== 0);

/** Rules for single devices. */
export const deviceRules: readonly Rule[] = [
  addressRule,
  ...hostdevRules,
  forEach((def: DomainDef) => def.devices.panics, panic),
  (def) => {
    const proxies = def.devices.tpms.filter(({ model }) => model === "spapr-tpm-proxy").length;
    if (proxies > 1) return "only a single TPM Proxy device is supported";
    return def.devices.tpms.length - proxies > 1
      ? "only a single TPM non-proxy device is supported"
      : undefined;
  },
  forEach((def) => def.devices.tpms, tpm),
  forEach((def) => def.devices.iommus, iommu),
  forEach((def) => def.devices.watchdogs, watchdog),
  watchdogs,
  forEach((def) => def.devices.filesystems, filesystem),
  forEach((def) => def.devices.shmems, shmem),
  ({ devices: { pstore } }) =>
    pstore?.address && pstore.address.type !== "pci"
      ? "ACPI ERST device must reside on a PCI bus"
      : undefined,
  forEach(
    (def) => def.devices.inputs,
    ({ model, type }) =>
      special.includes(model ?? "") && type !== "passthrough"
        ? `virtio (non-)transitional models are not supported for input type=${type}`
        : undefined,
  ),
  ({ devices }) =>
    devices.smartcards.length > 1 || devices.smartcards.some(isElsewhere)
      ? "this QEMU binary lacks multiple smartcard support"
      : undefined,
  (def) =>
    def.devices.nvram !== undefined && !isPseries(def)
      ? "nvram device is only supported for PPC64"
      : undefined,
  forEach(
    (def) => def.devices.cryptos,
    ({ backend }, _def, { caps }) =>
      backend.model === "lkcf" && !caps.flags.has("cryptodev-backend-lkcf")
        ? "crypto backend lkcf is not supported"
        : undefined,
  ),
  ({ devices }) => {
    const hasUsb = devices.controllers.some((c) => c.type === "usb" && c.model !== "none");
    const isOff = devices.controllers.some((c) => c.type === "usb" && c.model === "none");
    return isOff && !hasUsb && needsUsb(devices)
      ? "USB is disabled for this domain, but USB devices are present in the domain XML"
      : undefined;
  },
];

/** Is there anything that has to be plugged into USB? */
const needsUsb = (devices: DomainDef["devices"]): boolean =>
  devices.disks.some(({ target }) => target.bus === "usb") ||
  devices.inputs.some(({ bus }) => bus === "usb") ||
  devices.hostdevs.some(({ type }) => type === "usb") ||
  devices.interfaces.some(({ model }) => model === "usb-net") ||
  devices.sounds.some(({ model }) => model === "usb") ||
  devices.serials.some(({ target }) => target?.type === "usb-serial") ||
  devices.controllers.some(({ type }) => type === "ccid") ||
  devices.hubs.length > 0 ||
  devices.redirdevs.length > 0;

/** What only a start refuses. */
export const deviceStartRules: readonly Rule[] = [
  forEach(
    (def) => def.devices.shmems,
    ({ address }) =>
      address?.type === "pci" ? undefined : "only 'pci' addresses are supported for the shared memory device",
  ),
];
