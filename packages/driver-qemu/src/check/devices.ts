import type { Address, DomainDef, Hostdev } from "@libvirt-ts/conf/domain";
import { allDevices } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { isArmVirt, isPseries, isQ35, isS390Ccw } from "../device/machine.ts";
import { isX86 } from "../device/parts.ts";
import { forEach, type Rule } from "./rule.ts";

const archOf = (def: DomainDef) => def.os.type.arch ?? "";

interface Placed {
  address?: Address | undefined;
}

const addressRule: Rule = (def, { caps }) => {
  for (const each of allDevices(def.devices)) {
    const { address } = each.device as Placed; // every kind may have one
    if (address?.type === "spapr-vio" && (address.reg ?? 0n) > 0xffffffffn) {
      return `spapr-vio reg='0x${address.reg?.toString(16)}' exceeds maximum possible value (0xffffffff)`;
    }
    if (address?.type === "pci" && address.zpci !== undefined && !caps.flags.has("zpci")) {
      return "This QEMU binary doesn't support zPCI";
    }
  }
  return undefined;
};

const hostdevRule = (hostdev: Hostdev, def: DomainDef): string | undefined => {
  if (hostdev.type !== "mdev") return undefined;
  if (hostdev.model === "vfio-ap" && hostdev.boot !== undefined) {
    return "booting from assigned devices is not supported by mediated devices of model vfio-ap";
  }
  return hostdev.display && def.devices.graphics.length === 0
    ? "graphics device is needed for attribute value 'display=on' in <hostdev>"
    : undefined;
};

/** Guests whose memory other processes may map. */
const hasSharedMemory = (def: DomainDef): boolean => {
  const cells = def.cpu?.numa?.cells ?? [];
  const general = def.memoryBacking?.access === "shared";
  if (cells.length === 0) return general || def.memoryBacking?.source === "memfd";
  return cells.every((cell) => (cell.memAccess ?? (general ? "shared" : undefined)) === "shared");
};

/** Rules for single devices. */
export const deviceRules: readonly Rule[] = [
  forEach(
    (def) => def.devices.memories,
    ({ target }, def) => {
      const nodes = def.cpu?.numa?.cells.length ?? 0;
      const node = target?.node;
      if (node === undefined || nodes === 0 || node < nodes) return undefined;
      const text = `can't add memory backend for guest node '${node}' as the guest has only '${nodes}' NUMA nodes configured`;
      return new VirError(ErrorDomain.QEMU, ErrorCode.XML_DETAIL, text);
    },
  ),
  addressRule,
  forEach(
    (def) => def.devices.controllers,
    (controller, def) => {
      if (controller.type === "usb" && (controller.ports ?? 0) > 15) {
        return `'${controller.model}' controller only supports up to '15' ports`;
      }
      if (controller.type !== "pci") return undefined;
      const isRoot = controller.model === "pci-root" || controller.model === "pcie-root";
      if (isRoot && controller.address !== undefined)
        return "pci-root and pcie-root controllers should not have an address";
      if (
        isRoot &&
        isPseries(def) &&
        controller.target?.node !== undefined &&
        controller.target.index === 0
      ) {
        return `The PCI controller with index=${controller.index} can't be associated with a NUMA node`;
      }
      const index = controller.target?.index;
      return index !== undefined && index > 30
        ? `PCI controller target index '${index}' out of range - must be 0-30`
        : undefined;
    },
  ),
  forEach(
    (def) => def.devices.parallels,
    (_parallel, def) => (isX86(archOf(def)) ? undefined : "parallel ports are not supported"),
  ),
  forEach(
    (def) => def.devices.serials,
    (serial, def) => {
      if (
        serial.source.type === "tcp" &&
        serial.source.protocol !== undefined &&
        !["raw", "telnet"].includes(serial.source.protocol)
      ) {
        return `tcp chardev protocol '${serial.source.protocol}' not supported`;
      }
      const { type, model } = serial.target ?? {};
      const fits =
        type === "spapr-vio-serial"
          ? isPseries(def)
          : type === "sclp-serial"
            ? archOf(def).startsWith("s390")
            : true;
      return fits
        ? undefined
        : `Serial device with target type '${type}' and target model '${model}' not compatible with guest architecture or machine type`;
    },
  ),
  forEach((def) => def.devices.hostdevs, hostdevRule),
  (def) =>
    def.devices.hostdevs.filter((h) => h.type === "mdev" && h.ramfb).length > 1
      ? "Only one vgpu device can have 'ramfb' enabled"
      : undefined,
  forEach(
    (def) => def.devices.interfaces,
    (net, def) =>
      net.type === "vhostuser" && net.backend?.type === "passt" && !hasSharedMemory(def)
        ? "'interface' requires shared memory"
        : undefined,
  ),
  forEach(
    (def) => def.devices.panics,
    (panic, def) => {
      const { address, model } = panic;
      if (model === undefined)
        return "no panic model provided, and no default for the architecture and machine type";
      if (
        (model === "pseries" && isPseries(def)) ||
        (model === "s390" && isS390Ccw(def)) ||
        model === "hyperv"
      ) {
        return address === undefined
          ? undefined
          : `setting the panic device address is not supported for model '${model}'`;
      }
      return model === "pvpanic" && address !== undefined && address.type !== "pci"
        ? "pvpanic is supported only with PCI address type"
        : undefined;
    },
  ),
  (def) => {
    const proxies = def.devices.tpms.filter((tpm) => tpm.model === "spapr-tpm-proxy").length;
    if (proxies > 1) return "only a single TPM Proxy device is supported";
    return def.devices.tpms.length - proxies > 1
      ? "only a single TPM non-proxy device is supported"
      : undefined;
  },
  forEach(
    (def) => def.devices.tpms,
    (tpm, def, { tpmVersions }) => {
      if (tpm.backend.type !== "emulator") return undefined;
      const { version } = tpm.backend;
      if (version === "1.2" && !isX86(archOf(def)))
        return `TPM 1.2 is not supported on architecture '${archOf(def)}'`;
      return version !== undefined && tpmVersions !== undefined && !tpmVersions.includes(version)
        ? `TPM version '${version}' is not supported`
        : undefined;
    },
  ),
  forEach(
    (def) => def.devices.iommus,
    (iommu, def) => {
      if (iommu.model !== "virtio") return undefined;
      if (!isQ35(def) && !isArmVirt(def))
        return "IOMMU device: 'virtio' is only supported with Q35 and ARM Virt machines";
      return def.features?.acpi ? undefined : "IOMMU device: 'virtio' requires ACPI";
    },
  ),
  forEach(
    (def) => def.devices.filesystems,
    (fs) =>
      fs.driver?.type === "virtiofs" &&
      fs.boot !== undefined &&
      fs.address !== undefined &&
      fs.address.type !== "pci"
        ? "setting virtiofs boot order is supported only with PCI bus"
        : undefined,
  ),
  forEach(
    (def) => def.devices.filesystems,
    (fs, def) =>
      fs.driver?.type === "virtiofs" && !hasSharedMemory(def)
        ? "'virtiofs' requires shared memory"
        : undefined,
  ),
  forEach(
    (def) => def.devices.inputs,
    (input) => {
      const isSpecial = input.model === "virtio-transitional" || input.model === "virtio-non-transitional";
      return isSpecial && input.type !== "passthrough"
        ? `virtio (non-)transitional models are not supported for input type=${input.type}`
        : undefined;
    },
  ),
];

/** What only a start refuses. */
export const deviceStartRules: readonly Rule[] = [
  forEach(
    (def) => def.devices.interfaces,
    (net) =>
      net.type === "vhostuser" && net.backend?.tap !== undefined
        ? `interface ${net.mac?.address} - custom tap device path is not supported for network interfaces of type vhostuser`
        : undefined,
  ),
  forEach(
    (def) => def.devices.shmems,
    (shmem) =>
      shmem.address?.type === "pci"
        ? undefined
        : "only 'pci' addresses are supported for the shared memory device",
  ),
];
