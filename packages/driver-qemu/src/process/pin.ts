import type { DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import type { Bitmap } from "@libvirt-ts/util/bitmap";
import type { Guest } from "../guest.ts";
import type { HostMemory } from "../host-memory.ts";
import { setThreadCpus } from "../stats/affinity.ts";
import { iothreadNumber } from "../stats/iothread.ts";

type Cputune = NonNullable<DomainDef["cputune"]>;

/** Where all of QEMU runs from its first instruction on; undefined: wherever the host likes. */
export function processCpus(
  { cputune, vcpu }: DomainDef,
  { advice, nodeCpus = [] }: HostMemory,
): Bitmap | undefined {
  const advised = advice?.flatMap((node) => nodeCpus[node] ?? []);
  return cputune?.emulatorpin?.cpuset ?? vcpu.cpuset ?? (advised?.length ? advised : undefined);
}

/**
 * Binds the threads of a fresh QEMU that are not to run where the rest of it does.
 * @param usual where they run if nothing is said of one
 * @throws VirError SYSTEM_ERROR, for example when the host has none of the processors
 */
export async function pinThreads({ facts, monitor }: Guest, cputune: Cputune, usual: Bitmap): Promise<void> {
  const { vcpupins, iothreadpins, emulatorpin } = cputune;
  // Threads begin where QEMU was put; what was said of QEMU's own ones does not bind these.
  const others = emulatorpin && usual;
  for (const { id, tid } of facts.vcpus) {
    const cpus = vcpupins.find((pin) => pin.vcpu === id)?.cpuset ?? others;
    if (cpus && tid !== 0) bindThread(tid, cpus);
  }
  if (iothreadpins.length === 0 && others === undefined) return;
  for (const thread of await monitor.queryIothreads()) {
    const number = iothreadNumber(thread.id);
    const cpus = iothreadpins.find(({ iothread }) => iothread === number)?.cpuset ?? others;
    if (cpus) bindThread(thread["thread-id"], cpus);
  }
}

/** @throws VirError SYSTEM_ERROR, for example when the host has none of these processors */
export function bindThread(thread: number, cpus: Bitmap): void {
  const done = setThreadCpus(thread, cpus);
  if (done < 0) throw systemError(ErrorDomain.QEMU, done, `cannot set CPU affinity on process ${thread}`);
}
