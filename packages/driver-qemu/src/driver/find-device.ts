import {
  type AnyDevice,
  allDevices,
  type Devices,
  formatDevice,
  type Interface,
} from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/**
 * The device of a guest that a description means: a disk by its target, a card by its MAC address, others by all
 * that is said of them.
 * @throws VirError DEVICE_MISSING, OPERATION_FAILED when it could be several
 */
export function findDevice(devices: Devices, wanted: AnyDevice): AnyDevice {
  switch (wanted.kind) {
    case "disk": {
      const { dev } = wanted.device.target;
      const device = devices.disks.find(({ target }) => target.dev === dev);
      if (!device) throw missing(`disk ${dev} not found`);
      return { kind: "disk", device };
    }
    case "interface":
      return { kind: "interface", device: findInterface(devices, wanted.device) };
    default: {
      const found = allDevices(devices).find((each) => each.kind === wanted.kind && isLike(each, wanted));
      if (!found) throw missing("matching device not found");
      return found;
    }
  }
}

const missing = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.DEVICE_MISSING, detail);

function findInterface({ interfaces }: Devices, { mac, alias }: Interface): Interface {
  const address = mac?.address?.toLowerCase();
  const found = interfaces.filter(
    (net) =>
      (address === undefined || net.mac?.address?.toLowerCase() === address) &&
      (alias === undefined || net.alias === alias),
  );
  if (found.length > 1)
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.OPERATION_FAILED,
      `multiple devices matching MAC address ${address ?? ""} found`,
    );
  if (!found[0]) throw missing(`no device matching MAC address ${address ?? ""} found`);
  return found[0];
}

/** Name and place are given by us: who leaves them out means any. */
function isLike(each: AnyDevice, wanted: AnyDevice): boolean {
  const bare = (one: AnyDevice) => {
    const {
      alias: _alias,
      address: _address,
      ...rest
    } = one.device as { alias?: unknown; address?: unknown }; // of all kinds
    return formatDevice({ kind: one.kind, device: rest } as AnyDevice, { inactive: true }); // less two fields that may be absent
  };
  return bare(each) === bare(wanted);
}

/** The device QEMU knows by this name. */
export const findByAlias = (devices: Devices, alias: string): AnyDevice | undefined =>
  allDevices(devices).find(({ device }) => "alias" in device && device.alias === alias);
