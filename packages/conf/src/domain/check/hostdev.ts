import type { DomainDef } from "../def.ts";
import type { Hostdev } from "../devices/hostdev.ts";
import { xmlError } from "../errors.ts";

/** Devices of the host are handed out once, to places that fit them. */
export function checkHostdevs({ devices }: DomainDef): void {
  const seen = new Set<string>();
  for (const hostdev of devices.hostdevs) {
    const key = identity(hostdev);
    if (key !== undefined && seen.has(key))
      throw xmlError("Hostdev already exists in the domain configuration");
    if (key !== undefined) seen.add(key);
    checkPlace(hostdev);
  }
}

/** What makes two entries the same device; `undefined` when it is not known before the start. */
function identity({ type, ...rest }: Hostdev): string | undefined {
  const source = "source" in rest ? rest.source : undefined;
  if (!source) return undefined;
  if (type === "usb" && !("address" in source && source.address)) return undefined;
  return `${type} ${JSON.stringify(source, (_key, value) => (typeof value === "bigint" ? String(value) : value))}`;
}

const places: { readonly [model: string]: readonly string[] } = {
  "vfio-pci": ["pci"],
  "vfio-ccw": ["ccw"],
  "vfio-ap": [],
};

function checkPlace(hostdev: Hostdev): void {
  const { address } = hostdev;
  if (hostdev.type !== "mdev" || !address || address.type === "unassigned") return;
  if (places[hostdev.model]?.includes(address.type)) return;
  throw xmlError(`Unsupported address type '${address.type}' with mediated device model '${hostdev.model}'`);
}
