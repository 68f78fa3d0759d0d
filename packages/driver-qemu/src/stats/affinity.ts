import { cpuMap, cpusOf } from "@libvirt-ts/hypervisor";
import { native } from "@libvirt-ts/native";
import type { Bitmap } from "@libvirt-ts/util/bitmap";

/** Enough for all processors a kernel can have. */
const MAX_CPUS = 8192;

/** The host processors a thread may run on; undefined when there is no such thread. */
export function threadCpus(tid: number): Bitmap | undefined {
  const mask = new Uint8Array(MAX_CPUS / 8);
  const filled = native.getAffinity(tid, mask);
  return filled < 0 ? undefined : cpusOf(mask.subarray(0, filled));
}

/** Bit n is processor n, in whole words of the kernel. */
export const affinityMask = (cpus: Bitmap): Uint8Array =>
  cpuMap(cpus, Math.ceil(((cpus.at(-1) ?? 0) + 1) / 64) * 64);

/** @returns 0, or a negative errno */
export const setThreadCpus = (tid: number, cpus: Bitmap): number =>
  native.setAffinity(tid, affinityMask(cpus));
