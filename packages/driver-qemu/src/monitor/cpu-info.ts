import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { CpuFast } from "./monitor.ts";

/** One entry of `query-hotpluggable-cpus`: what is plugged in as a whole, one or more vCPUs. */
export interface HotpluggableCpu {
  type: string;
  "vcpus-count": number;
  props: CpuPlace;
  /** It is there. */
  "qom-path"?: string;
}

/** Where in the guest's topology; what a board does not have is absent. */
export interface CpuPlace {
  "socket-id"?: number;
  "die-id"?: number;
  "cluster-id"?: number;
  "core-id"?: number;
  "thread-id"?: number;
  "node-id"?: number;
}

/** One vCPU as we number them. What is plugged in together is described by the first of its vCPUs. */
export interface VcpuInfo {
  online: boolean;
  hotpluggable: boolean;
  halted: boolean;
  /** Thread of the host; 0 = it has none. */
  threadId: number;
  /** QEMU's own number; absent: it is not there. */
  index?: number;
  entity?: {
    type: string;
    vcpus: number;
    place: CpuPlace;
    alias?: string;
    qomPath?: string;
    /** Which one was plugged in first, from 1; 0 = it is not there. */
    order: number;
  };
}

const byTopology = ["socket-id", "die-id", "cluster-id", "core-id", "thread-id"] as const;

/**
 * Puts the two views QEMU has of its vCPUs together.
 * @throws VirError INTERNAL_ERROR when they contradict each other
 */
export function vcpuInfo(
  cpus: readonly CpuFast[],
  entities: readonly HotpluggableCpu[],
  maximum: number,
): VcpuInfo[] {
  const sorted = entities.toSorted((a, b) => {
    for (const level of byTopology) {
      const difference = (a.props[level] ?? -1) - (b.props[level] ?? -1);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  const total = sorted.reduce((sum, each) => sum + each["vcpus-count"], 0);
  if (total !== maximum) throw contradiction(`${total} vCPUs instead of ${maximum}`);
  // Threads of one core have paths below it.
  const running = cpus.map((cpu) => ({ ...cpu, path: cpu["qom-path"].replace(/\/thread.*$/, "") }));
  const paths = [...new Set(running.map(({ path }) => path))];
  const orders = new Map(
    paths.filter((path) => sorted.some((each) => each["qom-path"] === path)).map((path, i) => [path, i + 1]),
  );
  const vcpus: VcpuInfo[] = [];
  const firstOf = new Map<string, number>();
  for (const { type, props, "vcpus-count": count, "qom-path": qomPath } of sorted) {
    const alias = qomPath === undefined ? undefined : /^\/machine\/peripheral\/(.+)$/.exec(qomPath)?.[1];
    const online = qomPath !== undefined;
    const common = { online, hotpluggable: alias !== undefined || !online, halted: false, threadId: 0 };
    if (qomPath !== undefined) firstOf.set(qomPath, vcpus.length);
    const order = qomPath === undefined ? 0 : (orders.get(qomPath) ?? 0);
    const entity = {
      type,
      vcpus: count,
      place: props,
      order,
      ...(alias && { alias }),
      ...(qomPath && { qomPath }),
    };
    for (let i = 0; i < count; i++) vcpus.push({ ...common, ...(i === 0 && { entity }) });
  }
  for (const cpu of running) {
    const first = firstOf.get(cpu.path);
    const place =
      first === undefined ? undefined : vcpus.slice(first).find((each) => each.index === undefined);
    if (place === undefined) throw contradiction(`'${cpu.path}' is not hotpluggable`);
    place.threadId = cpu["thread-id"];
    place.index = cpu["cpu-index"];
    place.halted = cpu["cpu-state"] === "stopped";
  }
  return vcpus;
}

const contradiction = (what: string) =>
  new VirError(
    ErrorDomain.QEMU,
    ErrorCode.INTERNAL_ERROR,
    `QEMU contradicts itself about its vCPUs: ${what}`,
  );
