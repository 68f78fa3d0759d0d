import { readProcess } from "@libvirt-ts/host";
import { stateNumbers } from "@libvirt-ts/hypervisor";
import { typed } from "@libvirt-ts/protocol";
import type { Fields, StatsContext } from "./groups.ts";
import { readThread } from "./thread.ts";

const RUNNING = 1;
const POLLED = ["halt_poll_success_ns", "halt_poll_fail_ns"] as const;

/** `state.*` */
export function stateStats({ domain }: StatsContext): Fields {
  const { state, reason } = stateNumbers(domain.state);
  return { "state.state": typed.int(state), "state.reason": typed.int(reason) };
}

/** `cpu.*`: time of the whole QEMU process in nanoseconds. */
export async function cpuStats(context: StatsContext): Promise<Fields> {
  const { driver, guest } = context;
  const facts = guest && (await readProcess(driver.host.root, guest.process.pid));
  if (!facts) return {};
  const polled = await haltPolling(context);
  return {
    "cpu.time": typed.ullong(facts.userNs + facts.systemNs),
    "cpu.user": typed.ullong(facts.userNs),
    "cpu.system": typed.ullong(facts.systemNs),
    // Cache monitors belong to resource control, of which no guest has any.
    "cpu.cache.monitor.count": typed.uint(0),
    ...(polled && {
      "cpu.haltpoll.success.time": typed.ullong(polled[0]),
      "cpu.haltpoll.fail.time": typed.ullong(polled[1]),
    }),
  };
}

/** How long KVM waited for idle processors to wake up, in vain and not: nanoseconds. */
async function haltPolling({ def, monitor }: StatsContext): Promise<[bigint, bigint] | undefined> {
  if (def.type !== "kvm") return [0n, 0n];
  const answers = await monitor?.queryStats("vcpu", "kvm", POLLED);
  if (!answers) return undefined;
  const all = answers.flatMap(({ stats }) => stats);
  const sum = (wanted: string) =>
    all.reduce(
      (total, { name, value }) =>
        name === wanted && typeof value === "number" ? total + BigInt(value) : total,
      0n,
    );
  return [sum(POLLED[0]), sum(POLLED[1])];
}

/** `vcpu.*`: times of the threads of the virtual processors in nanoseconds. */
export async function vcpuStats({ driver, def, guest }: StatsContext): Promise<Fields> {
  const fields: Fields = {
    "vcpu.current": typed.uint(def.vcpu.current ?? def.vcpu.count),
    "vcpu.maximum": typed.uint(def.vcpu.count),
  };
  if (!guest) return fields;
  const { vcpus } = guest.facts;
  const threads = await Promise.all(
    vcpus.map(({ tid }) => readThread(driver.host.root, guest.process.pid, tid)),
  );
  for (const [at, { id }] of vcpus.entries()) {
    const thread = threads[at];
    fields[`vcpu.${id}.state`] = typed.int(RUNNING);
    if (!thread) continue;
    fields[`vcpu.${id}.time`] = typed.ullong(thread.ranNs);
    fields[`vcpu.${id}.wait`] = typed.ullong(thread.waitedNs);
    fields[`vcpu.${id}.delay`] = typed.ullong(thread.delayedNs);
  }
  return fields;
}
