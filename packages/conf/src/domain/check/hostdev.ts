import type { DomainDef } from "../def.ts";
import type { Hostdev } from "../devices/hostdev.ts";
import { internalError, unsupported, xmlError } from "../errors.ts";

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
  return `${type} ${JSON.stringify(source, (_key, value) => (typeof value === "bigint" ? String(value) : value))}`;
}

/** Where each kind may be put, and how the complaint calls it. */
const places: { readonly [type: string]: { name: string; words: string; types: readonly string[] } } = {
  usb: { name: "USB", words: "'usb'", types: ["usb"] },
  pci: { name: "PCI", words: "'pci' or 'unassigned'", types: ["pci", "unassigned"] },
  scsi: { name: "SCSI", words: "'drive'", types: ["drive"] },
  scsi_host: { name: "SCSI_host", words: "'pci' or 'ccw'", types: ["pci", "ccw"] },
};
const mediatedPlaces: { readonly [model: string]: readonly string[] } = {
  "vfio-pci": ["pci"],
  "vfio-ccw": ["ccw"],
  "vfio-ap": [],
};

/** A device handed through goes when the guest moves; another card takes over. */
function checkTeaming({ type, persistent }: NonNullable<Hostdev["teaming"]>): void {
  if (type !== "transient") throw unsupported("teaming hostdev devices must have type='transient'");
  if (!persistent) throw unsupported("missing required persistent attribute in hostdev teaming element");
}

function checkPlace(hostdev: Hostdev): void {
  const { address, type, teaming } = hostdev;
  if (teaming && type !== "pci") throw unsupported("teaming is only supported for pci hostdev devices");
  if (teaming?.type !== undefined) checkTeaming(teaming);
  if (hostdev.sgio === "unfiltered") throw unsupported("unfiltered sgio is no longer supported");
  if (!address) return;
  const place = places[type];
  if (type === "pci" && place && !place.types.includes(address.type))
    throw internalError(`PCI host devices must use ${place.words} address type`);
  if (place && !place.types.includes(address.type))
    throw unsupported(`${place.name} host device must use ${place.words} address type`);
  if (hostdev.type !== "mdev" || address.type === "unassigned") return;
  if (mediatedPlaces[hostdev.model]?.includes(address.type)) return;
  throw xmlError(`Unsupported address type '${address.type}' with mediated device model '${hostdev.model}'`);
}
