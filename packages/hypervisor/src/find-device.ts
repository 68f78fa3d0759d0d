import { type AnyDevice, allDevices, type Devices, formatDevice } from "@libvirt-ts/conf/domain";
import { ErrorCode, type ErrorDomain, VirError } from "@libvirt-ts/errors";

/**
 * The device of a guest that a description means: a disk by its target, a card by its MAC address, others by all
 * that is said of them.
 * @throws VirError DEVICE_MISSING, OPERATION_FAILED when it could be several
 */
export function findDevice(devices: Devices, wanted: AnyDevice, errorDomain: ErrorDomain): AnyDevice {
  const missing = (detail: string) => new VirError(errorDomain, ErrorCode.DEVICE_MISSING, detail);
  switch (wanted.kind) {
    case "disk": {
      const { dev } = wanted.device.target;
      const device = devices.disks.find(({ target }) => target.dev === dev);
      if (!device) throw missing(`disk ${dev} not found`);
      return { kind: "disk", device };
    }
    case "interface": {
      const { mac, alias } = wanted.device;
      const address = mac?.address?.toLowerCase();
      const [device, ...others] = devices.interfaces.filter(
        (net) =>
          (address === undefined || net.mac?.address?.toLowerCase() === address) &&
          (alias === undefined || net.alias === alias),
      );
      const about = `matching MAC address ${address ?? ""} found`;
      if (others.length > 0)
        throw new VirError(errorDomain, ErrorCode.OPERATION_FAILED, `multiple devices ${about}`);
      if (!device) throw missing(`no device ${about}`);
      return { kind: "interface", device };
    }
    case "lease": {
      const { key, lockspace } = wanted.device;
      const device = devices.leases.find((lease) => lease.key === key && lease.lockspace === lockspace);
      if (device) return { kind: "lease", device };
      const detail = `Lease ${key} in lockspace ${lockspace ?? ""} does not exist`;
      throw new VirError(errorDomain, ErrorCode.INVALID_ARG, detail);
    }
    default: {
      const found = allDevices(devices).find((each) => each.kind === wanted.kind && isLike(each, wanted));
      if (!found) throw missing("matching device not found");
      return found;
    }
  }
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

/** The device with this alias. */
export const findByAlias = (devices: Devices, alias: string): AnyDevice | undefined =>
  allDevices(devices).find(({ device }) => "alias" in device && device.alias === alias);
