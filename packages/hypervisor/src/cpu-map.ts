import { ErrorDomain, internal } from "@libvirt-ts/errors";
import { Max } from "@libvirt-ts/protocol";
import type { Bitmap } from "@libvirt-ts/util/bitmap";

/**
 * Processor numbers as the API passes them: bit n of byte n/8.
 * @param count processors there may be; decides the length
 */
export function cpuMap(cpus: Bitmap, count: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(count / 8));
  for (const cpu of cpus) {
    const index = cpu >> 3;
    bytes[index] = (bytes[index] ?? 0) | (1 << (cpu & 7));
  }
  return bytes;
}

/** The numbers in such a map. */
export function cpusOf(map: Uint8Array): number[] {
  return [...map].flatMap((byte, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).map((bit) => index * 8 + bit),
  );
}

/** Maps of the same length one after the other, as clients expect them; those that are missing are empty. */
export function packMaps(
  maps: readonly Bitmap[],
  { count, length }: { count: number; length: number },
): Uint8Array {
  if (count <= 0 || length <= 0) return new Uint8Array(0);
  if (count * length > Max.CPUMAPS) throw internal(ErrorDomain.RPC, "maxinfo * maplen > REMOTE_CPUMAPS_MAX");
  const bytes = new Uint8Array(count * length);
  for (const [at, cpus] of maps.entries()) {
    const fitting = cpus.filter((cpu) => cpu < length * 8);
    bytes.set(cpuMap(fitting, length * 8), at * length);
  }
  return bytes;
}
