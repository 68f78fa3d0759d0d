import type { NodeDeviceDef } from "@libvirt-ts/conf/nodedev";
import { ErrorDomain, internal, type VirError } from "@libvirt-ts/errors";
import { hasCapability } from "./capabilities.ts";
import type { HostDevices } from "./devices.ts";

/** The virtual adapter of Fibre Channel that new ones are copies of, and what they are all called. */
const MODEL = "scsi_host11";
const NAME = "scsi_host12";

/** World wide names of a Fibre Channel adapter. */
export interface AdapterNames {
  readonly wwnn: string;
  readonly wwpn: string;
}

/** Makes a virtual adapter. There is never more than one. @throws VirError NO_NODE_DEVICE */
export function createVport(devices: HostDevices, { wwnn, wwpn }: AdapterNames): NodeDeviceDef {
  const device = { ...structuredClone(devices.find(MODEL)), name: NAME };
  const fibre = fibreOf(device);
  if (fibre) Object.assign(fibre, { wwnn, wwpn });
  devices.add(device);
  return device;
}

/** @throws VirError NO_NODE_DEVICE */
export const destroyVport = (devices: HostDevices): void => devices.remove(NAME);

/**
 * What a new device is to be made with: only virtual adapters of Fibre Channel can be made, on top of one that carries such.
 * @throws VirError INTERNAL_ERROR
 */
export function vportOf(devices: HostDevices, def: NodeDeviceDef): AdapterNames {
  const { wwnn, wwpn } = fibreOf(def) ?? {};
  if (wwnn === undefined || wwpn === undefined) throw broken("Device is not a fibre channel HBA");
  const parent = parentOf(devices, def);
  if (!parent && def.parent) throw broken(`Could not find parent device for '${def.name}'`);
  if (!parent) throw broken("Could not find any vport capable device");
  if (!hasCapability(parent, "vports"))
    throw broken(`Parent device ${parent.name} is not capable of vport operations`);
  return { wwnn, wwpn };
}

function parentOf(devices: HostDevices, { parent }: NodeDeviceDef): NodeDeviceDef | undefined {
  const { name, wwnn, wwpn, fabricWwn } = parent ?? {};
  const all = [...devices];
  if (name) return all.find((device) => device.name === name);
  const carriers = all.filter((device) => hasCapability(device, "vports"));
  if (wwnn !== undefined)
    return carriers.find((device) => fibreOf(device)?.wwnn === wwnn && fibreOf(device)?.wwpn === wwpn);
  if (fabricWwn !== undefined) return carriers.find((device) => fibreOf(device)?.fabricWwn === fabricWwn);
  return carriers[0];
}

function fibreOf({ capabilities }: NodeDeviceDef) {
  for (const each of capabilities) {
    const fibre = each.type === "scsi_host" && each.extras.find(({ type }) => type === "fc_host");
    if (fibre && fibre.type === "fc_host") return fibre;
  }
  return undefined;
}

const broken = (detail: string): VirError => internal(ErrorDomain.NODEDEV, detail);
