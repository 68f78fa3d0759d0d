import { type Disk, formatDevice, parseDevice, type StorageSource } from "@libvirt-ts/conf/domain";

/** A `<source>` alone, as some expected files have it. */
export function formatSource(place: StorageSource): string {
  const device = { ...place, device: "cdrom", target: { dev: "vda" } } as unknown as Disk; // enough to be written
  const lines = formatDevice({ kind: "disk", device }, { status: true, secure: true }).split("\n");
  const from = lines.findIndex((line) => line.startsWith("  <source"));
  const isWhole = lines[from]?.endsWith("/>") === true;
  const to = isWhole ? from : lines.indexOf("  </source>");
  return lines
    .slice(from, to + 1)
    .map((line) => `${line.slice(2)}\n`)
    .join("");
}

/** @param type libvirt's constant: `VIR_STORAGE_TYPE_FILE` */
export function parseSource(text: string, type: string): StorageSource {
  const word = type.replace("VIR_STORAGE_TYPE_", "").toLowerCase();
  return parseDisk(`<disk type='${word}' device='disk'>${text}<target dev='vda'/></disk>`);
}

/** A disk from a file; some of these lack a target. */
export function parseDisk(text: string): Disk {
  const whole = text.includes("<target") ? text : text.replace("</disk>", "<target dev='vda'/></disk>");
  const found = parseDevice(whole, { status: true });
  if (found.kind !== "disk") throw new Error("no disk");
  return found.device;
}
