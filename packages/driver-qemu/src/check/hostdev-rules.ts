import type { DomainDef, Hostdev } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type DeviceRule, forEach, type Rule } from "./rule.ts";

const hostdev: DeviceRule<Hostdev> = (device, def, { caps }) => {
  if (device.mode === "capabilities") return "hostdev mode 'capabilities' is not supported in qemu";
  switch (device.type) {
    case "pci":
      if (device.source?.writeFiltering !== undefined)
        return "Write filtering of PCI device configuration space is not supported by qemu";
      return displayRule(device, def);
    case "mdev":
      if (device.model === "vfio-ccw" && !caps.flags.has("vfio-ccw"))
        return "VFIO CCW device assignment is not supported by this version of QEMU";
      if (device.model === "vfio-ap" && !caps.flags.has("vfio-ap"))
        return "VFIO AP device assignment is not supported by this version of QEMU";
      if (device.model !== "vfio-ccw" && device.boot !== undefined)
        return `booting from assigned devices is not supported by mediated devices of model ${device.model}`;
      return displayRule(device, def);
    case "scsi_host":
      return device.boot && "booting from assigned devices is not supported by vhost SCSI devices";
    default:
      return undefined;
  }
};

const displayRule = ({ display }: { display?: boolean | undefined }, { devices }: DomainDef) =>
  display && devices.graphics.length === 0
    ? "graphics device is needed for attribute value 'display=on' in <hostdev>"
    : undefined;

const oneVfioAp: Rule = ({ devices }) =>
  devices.hostdevs.filter((each) => each.type === "mdev" && each.model === "vfio-ap").length > 1
    ? "Only one hostdev of model vfio-ap is supported"
    : undefined;

const oneRamfb: Rule = ({ devices }) =>
  devices.hostdevs.filter((each) => (each.type === "mdev" || each.type === "pci") && each.ramfb).length > 1
    ? new VirError(
        ErrorDomain.DOMAIN,
        ErrorCode.CONFIG_UNSUPPORTED,
        "Only one vgpu device can have 'ramfb' enabled",
      )
    : undefined;

/** Rules for devices of the host. */
export const hostdevRules: readonly Rule[] = [
  forEach((def: DomainDef) => def.devices.hostdevs, hostdev),
  oneVfioAp,
  oneRamfb,
];
