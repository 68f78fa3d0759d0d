import { type AnyDevice, allDevices, type DomainDef } from "@libvirt-ts/conf/domain";

/** Names begin with the kind of device; cards have the name that all hypervisors give them. */
const prefixOf = (kind: AnyDevice["kind"]): string => (kind === "interface" ? "net" : kind);

/** Gives a device of a running guest the first free name of its kind, unless its user named it. */
export function nameDevice(devices: DomainDef["devices"], { kind, device }: AnyDevice): void {
  if ("alias" in device && device.alias !== undefined) return;
  const taken = new Set(allDevices(devices).map((each) => "alias" in each.device && each.device.alias));
  let number = 0;
  while (taken.has(prefixOf(kind) + number)) number++;
  Object.assign(device, { alias: prefixOf(kind) + number });
}
