import { type AnyDevice, allDevices, type DomainDef, formatDevice } from "@libvirt-ts/conf/domain";

/**
 * The device of a guest that a description means: by its alias, by what it is for the guest, else by all it says.
 */
export function findDevice({ devices }: DomainDef, wanted: AnyDevice): AnyDevice | undefined {
  const same = allDevices(devices).filter(({ kind }) => kind === wanted.kind);
  const alias = (wanted.device as { alias?: string }).alias; // every kind has one
  if (alias !== undefined) return same.find(({ device }) => (device as { alias?: string }).alias === alias);
  const key = keyOf(wanted);
  if (key === undefined) return same.find((each) => covers(each, wanted));
  return same.find((each) => keyOf(each) === key);
}

/** What no two devices of a kind share; `undefined` where there is no such thing. */
function keyOf(each: AnyDevice): string | undefined {
  switch (each.kind) {
    case "disk":
      return each.device.target.dev;
    case "interface":
      return each.device.mac?.address;
    case "hostdev":
      return `${each.device.type} ${JSON.stringify(each.device.source)}`;
    case "shmem":
      return each.device.name;
    case "controller":
      return `${each.device.type} ${each.device.index}`;
    case "watchdog":
      return each.device.model;
    case "channel": {
      const { target } = each.device;
      return target.type === "guestfwd" ? `${target.address}:${target.port}` : target.name;
    }
    case "console":
    case "serial":
      return `${each.device.target?.type} ${each.device.target?.port}`;
    default:
      return undefined;
  }
}

/** Every line of the description is in the device as well. */
function covers(device: AnyDevice, wanted: AnyDevice): boolean {
  const lines = new Set(formatDevice(device, { secure: true }).split("\n"));
  return formatDevice(wanted, { secure: true })
    .split("\n")
    .every((line) => lines.has(line));
}
