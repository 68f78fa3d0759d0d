import { statfs } from "node:fs/promises";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { readCpus, readFact, readNumaCells, run } from "@libvirt-ts/host";
import { parseBitmap } from "@libvirt-ts/util/bitmap";
import type { QemuDriver } from "./qemu-driver.ts";

const KIB_PER_MIB = 1024;

export interface HugePageMount {
  readonly dir: string;
  readonly sizeKiB: number;
  /** Of the size the kernel gives when none is asked for. */
  readonly isDefault: boolean;
}

/** The host's memory as a start finds it. Not looked at for guests that are content with any. */
export interface HostMemory {
  readonly numaNodes?: readonly number[];
  /** CPUs of each node, by its number. */
  readonly nodeCpus?: readonly (readonly number[])[];
  readonly hugetlbfs: readonly HugePageMount[];
  /** What numad says of a guest that leaves its placement to it. */
  readonly advice?: readonly number[];
}

/** For devices that bring none of their own. */
export const noMemory: HostMemory = { hugetlbfs: [] };

/** What a guest that starts has to know of the host's memory. @throws VirError CONFIG_UNSUPPORTED where numad is missing */
export async function hostMemoryFor(driver: QemuDriver, def: DomainDef): Promise<HostMemory> {
  const { root } = driver.host;
  const advice = needsPlacement(def) ? { advice: await placementAdvice(def) } : {};
  const isContent =
    def.numatune === undefined &&
    def.memoryBacking?.hugepages === undefined &&
    def.devices.memories.length === 0;
  if (isContent) return { ...advice, hugetlbfs: [] };
  const { online } = await readCpus(root);
  const cells = await readNumaCells(root, online);
  const nodeCpus: (readonly number[])[] = [];
  for (const { id, cpus } of cells) nodeCpus[id] = cpus;
  const hugetlbfs = usesHugePages(def) ? await hugePageMounts(driver) : [];
  return { ...advice, numaNodes: cells.map(({ id }) => id), nodeCpus, hugetlbfs };
}

export const usesHugePages = ({ memoryBacking, devices }: DomainDef): boolean =>
  memoryBacking?.hugepages !== undefined ||
  devices.memories.some(({ model, source }) =>
    model === "dimm" || model === "virtio-mem" ? source?.pagesizeKiB !== undefined : false,
  );

/** Where huge pages are to be had: what qemu.conf names, `""` for nowhere; otherwise all mounts there are. */
export async function hugePageMounts({ host: { root }, settings }: QemuDriver): Promise<HugePageMount[]> {
  const chosen = settings.hugetlbfs_mount;
  const dirs = chosen.length > 0 ? chosen.filter((dir) => dir !== "") : await mountsOf(root, "hugetlbfs");
  if (dirs.length === 0) return [];
  const usualKiB = /^Hugepagesize:\s*(\d+) kB/m.exec((await readFact(`${root}/proc/meminfo`)) ?? "")?.[1];
  return Promise.all(
    dirs.map(async (dir) => {
      const sizeKiB = (await statfs(dir)).bsize / 1024;
      return { dir, sizeKiB, isDefault: sizeKiB === Number(usualKiB) };
    }),
  );
}

/** Where file systems of a type are mounted. */
async function mountsOf(root: string, type: string): Promise<string[]> {
  const text = await readFact(`${root}/proc/self/mounts`);
  return (text ?? "")
    .split("\n")
    .map((line) => line.split(" "))
    .filter((fields) => fields[2] === type)
    .map(([, dir = ""]) =>
      dir.replace(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8))),
    );
}

/** Does the guest leave it to numad where it runs? */
const needsPlacement = ({ vcpu, numatune }: DomainDef): boolean =>
  vcpu.placement === "auto" || numatune?.memory?.placement === "auto";

/**
 * Asks numad for the host nodes that suit a guest best.
 * @throws VirError CONFIG_UNSUPPORTED where there is no numad
 */
async function placementAdvice({ vcpu, memoryKiB }: DomainDef): Promise<readonly number[]> {
  const wish = `${vcpu.count}:${Math.ceil(memoryKiB / KIB_PER_MIB)}`;
  const answer = await run("numad", ["-w", wish]).catch((cause: unknown) => {
    throw new VirError(
      ErrorDomain.NONE,
      ErrorCode.CONFIG_UNSUPPORTED,
      "numad is not available on this host",
      { cause },
    );
  });
  const nodes = parseBitmap(answer.stdout.trim());
  if (nodes === undefined)
    throw new VirError(
      ErrorDomain.NONE,
      ErrorCode.INTERNAL_ERROR,
      `numad answered '${answer.stdout.trim()}'`,
    );
  return nodes;
}
