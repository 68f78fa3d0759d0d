import { type Address, allDevices, type DomainDef } from "@libvirt-ts/conf/domain";
import type { Part } from "../device/parts.ts";

/** Puts the device that carries the s390 numbers before each PCI device. */
export function withZpci(parts: readonly Part[], def: DomainDef): Part[] {
  if (!def.os.type.arch?.startsWith("s390")) return [...parts];
  const numbers = new Map<string, { uid?: number | undefined; fid?: number | undefined }>();
  for (const { kind, device } of allDevices(def.devices)) {
    // Memory devices are numbered, but QEMU is left to choose for them, as libvirt does.
    if (kind === "memory") continue;
    const { address, alias } = device as { address?: Address; alias?: string }; // every kind may have them
    if (address?.type === "pci" && address.zpci !== undefined && alias !== undefined)
      numbers.set(alias, address.zpci);
  }
  return parts.flatMap((part) => {
    const id = part.kind === "device" ? part.props.id : undefined;
    const zpci = typeof id === "string" ? numbers.get(id) : undefined;
    if (zpci === undefined) return [part];
    const { uid, fid } = zpci;
    return [{ kind: "device", props: { driver: "zpci", uid, fid, target: id, id: `zpci${uid}` } }, part];
  });
}
