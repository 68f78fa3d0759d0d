import { basename } from "node:path";
import type { MemoryDevice } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Props } from "../command/types.ts";
import { addressProps } from "./address-props.ts";
import { aliasOf, type DeviceContext, devicePart, objectPart, type Part } from "./parts.ts";
import { virtioProps } from "./virtio.ts";

/** What one piece of guest memory is to be made of. */
export interface MemoryRequest {
  alias: string;
  sizeBytes: bigint;
  /** Guest NUMA node; `undefined`: the whole guest. */
  node?: number | undefined;
  /** KiB; 0 = pages of the system, absent = as for the node. */
  pageSizeKiB?: number | undefined;
  access?: "shared" | "private" | undefined;
  discard?: boolean | undefined;
  /** Host nodes chosen for this piece. */
  hostNodes?: readonly number[] | undefined;
  nvdimm?: { path: string; alignKiB?: number | undefined; pmem: boolean } | undefined;
  /** A virtio-mem device takes memory when the guest asks for it. */
  onDemand?: boolean;
  /** Object QEMU treats as the guest's RAM from of old. */
  isSystemRam?: boolean;
}

/** The object behind a piece of guest memory, after the context that fills it in parallel if there is one. */
export function memoryBackend(request: MemoryRequest, context: DeviceContext): Part[] {
  const { def, caps } = context;
  const { alias, nvdimm, onDemand = false } = request;
  const backing = def.memoryBacking;
  const page = hugePage(request, context);
  const { nodes, policy } = hostNodes(request, context);
  const immediate = backing?.allocation?.mode === "immediate";
  const wantsAll = immediate || page !== undefined || (nvdimm !== undefined && !nvdimm.pmem);
  const prealloc = wantsAll && !onDemand;
  const threadContext =
    prealloc && nodes !== undefined && caps.flags.has("thread-context") ? `tc-${alias}` : undefined;
  const parts: Part[] = [];
  if (threadContext !== undefined && nodes !== undefined) {
    const affinity = threadNodes(nodes, context);
    parts.push(
      objectPart({ "qom-type": "thread-context", id: threadContext, "node-affinity": [...affinity] }),
    );
  }
  parts.push(
    objectPart({
      ...kindProps(request, page, context),
      prealloc: prealloc ? true : undefined,
      "prealloc-threads": prealloc ? backing?.allocation?.threads || undefined : undefined,
      size: request.sizeBytes,
      ...(nodes === undefined ? {} : { "host-nodes": [...nodes], policy }),
      "prealloc-context": threadContext,
      align: nvdimm?.alignKiB ? nvdimm.alignKiB * 1024 : undefined,
      pmem: nvdimm?.pmem ? true : undefined,
    }),
  );
  return parts;
}

/** What the memory is: a file, an anonymous file or plain memory of QEMU. */
function kindProps(request: MemoryRequest, page: HugePage | undefined, context: DeviceContext): Props {
  const { def } = context;
  const { alias: id, node, nvdimm, onDemand } = request;
  const backing = def.memoryBacking;
  const cell = node === undefined ? undefined : def.cpu?.numa?.cells[node];
  const access = request.access ?? cell?.memAccess ?? backing?.access;
  const share = access === undefined ? undefined : access === "shared";
  const reserve = onDemand ? false : undefined;
  if (backing?.source === "memfd" && nvdimm === undefined) {
    const hugetlb = page === undefined ? {} : { hugetlb: true, hugetlbsize: page.sizeKiB * 1024 };
    return { "qom-type": "memory-backend-memfd", id, ...hugetlb, share };
  }
  const isFile =
    nvdimm !== undefined || page !== undefined || access !== undefined || backing?.source === "file";
  if (!isFile) return { "qom-type": "memory-backend-ram", id, reserve };
  return {
    "qom-type": "memory-backend-file",
    id,
    "mem-path": nvdimm?.path ?? filePath(id, page, context),
    "discard-data": request.discard ?? cell?.discard ?? (backing?.discard ? true : undefined),
    reserve,
    share,
    "x-use-canonical-path-for-ramblock-id": request.isSystemRam ? false : undefined,
  };
}

/** Huge pages: QEMU makes a file of its own in the folder; else a file with the name of the module. */
const filePath = (id: string, page: HugePage | undefined, context: DeviceContext): string =>
  page === undefined
    ? `${context.paths.memoryBacking}/${id.replace(/^mem(?=dimm|nvdimm|virtio)/, "")}`
    : `${page.dir}/libvirt/qemu/${basename(context.paths.memoryBacking)}`;

interface HugePage {
  dir: string;
  sizeKiB: number;
}

/** Threads that fill memory in run on the nodes it comes from, as far as QEMU may run there. */
function threadNodes(nodes: readonly number[], { def, host }: DeviceContext): readonly number[] {
  const cpus = def.cputune?.emulatorpin?.cpuset ?? def.vcpu.cpuset;
  const { nodeCpus } = host;
  if (cpus === undefined || nodeCpus === undefined) return nodes;
  const allowed = nodes.filter((node) => nodeCpus[node]?.some((cpu) => cpus.includes(cpu)));
  return allowed.length > 0 ? allowed : nodes;
}

const policies = { strict: "bind", preferred: "preferred", interleave: "interleave" } as const;

function hostNodes(
  request: MemoryRequest,
  { def, autoNodeset, host }: DeviceContext,
): { nodes?: readonly number[]; policy?: string } {
  const { numatune } = def;
  const own =
    request.node === undefined ? undefined : numatune?.memnodes.find((n) => n.cellid === request.node);
  const mode = own?.mode ?? numatune?.memory?.mode ?? "strict";
  const general = numatune?.memory?.placement === "auto" ? autoNodeset : numatune?.memory?.nodeset;
  const nodes = request.hostNodes ?? own?.nodeset ?? general;
  const missing = nodes?.find((node) => host.numaNodes?.includes(node) === false);
  if (missing !== undefined) {
    throw new VirError(ErrorDomain.NONE, ErrorCode.CONFIG_UNSUPPORTED, `NUMA node ${missing} is unavailable`);
  }
  if (nodes === undefined || mode === "restrictive") return {};
  return { nodes, policy: policies[mode] };
}

/** The huge pages a piece of memory is to be made of; `undefined` for pages of the system. */
function hugePage(request: MemoryRequest, { def, settings, host }: DeviceContext): HugePage | undefined {
  let size = request.pageSizeKiB;
  if (size === undefined) {
    const hugepages = def.memoryBacking?.hugepages;
    if (hugepages === undefined || request.nvdimm !== undefined) return undefined;
    const { pages } = hugepages;
    const page =
      pages.find((p) => request.node !== undefined && p.nodeset?.includes(request.node)) ??
      pages.find((p) => p.nodeset === undefined);
    if (page === undefined && pages.length > 0) return undefined;
    size = page?.sizeKiB;
  }
  if (size === host.pageSizeKiB || size === 0) return undefined;
  const mount =
    size === undefined
      ? (settings.hugetlbfs.find((m) => m.isDefault) ?? settings.hugetlbfs[0])
      : settings.hugetlbfs.find((m) => m.sizeKiB === size);
  if (mount === undefined) {
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.INTERNAL_ERROR,
      settings.hugetlbfs.length === 0
        ? "hugetlbfs filesystem is not mounted or disabled by administrator config"
        : `Unable to find any usable hugetlbfs mount for ${size} KiB`,
    );
  }
  return mount;
}

/** A memory module: its object, then the device. */
export function memoryDeviceParts(memory: MemoryDevice, context: DeviceContext): Part[] {
  const id = aliasOf(memory);
  const alias = `mem${id}`;
  const { def } = context;
  const node = memory.target?.node;
  const sizeBytes = BigInt(memory.target?.sizeKiB ?? 0) * 1024n;
  const common = { alias, sizeBytes, node, access: memory.access, discard: memory.discard };
  switch (memory.model) {
    case "dimm":
      return [
        ...memoryBackend(
          { ...common, pageSizeKiB: memory.source?.pagesizeKiB, hostNodes: memory.source?.nodemask },
          context,
        ),
        devicePart({ driver: "pc-dimm", node, memdev: alias, id, ...addressProps(def, memory) }),
      ];
    case "nvdimm": {
      const { source, target } = memory;
      const labelKiB = target?.label?.sizeKiB;
      const nvdimm = {
        path: source?.path ?? "",
        alignKiB: source?.alignsizeKiB,
        pmem: source?.pmem === true,
      };
      return [
        ...memoryBackend({ ...common, nvdimm, pageSizeKiB: 0 }, context),
        devicePart({
          driver: "nvdimm",
          node,
          "label-size": labelKiB === undefined ? undefined : labelKiB * 1024,
          uuid: def.os.type.arch?.startsWith("ppc64") ? memory.uuid : undefined,
          unarmed: target?.readonly ? true : undefined,
          memdev: alias,
          id,
          ...addressProps(def, memory),
        }),
      ];
    }
    case "virtio-pmem": {
      const nvdimm = { path: memory.source?.path ?? "", pmem: false };
      return [
        ...memoryBackend({ ...common, nvdimm, pageSizeKiB: 0 }, context),
        devicePart({
          ...virtioProps("virtio-pmem", memory),
          memdev: alias,
          memaddr: memory.target?.address,
          id,
          ...addressProps(def, memory),
        }),
      ];
    }
    case "virtio-mem": {
      const { target, source } = memory;
      const prealloc = source?.pagesizeKiB !== undefined && context.caps.flags.has("virtio-mem-pci.prealloc");
      return [
        ...memoryBackend(
          { ...common, onDemand: true, pageSizeKiB: source?.pagesizeKiB, hostNodes: source?.nodemask },
          context,
        ),
        devicePart({
          ...virtioProps("virtio-mem", memory),
          node,
          "block-size": (target?.blockKiB ?? 0) * 1024,
          "requested-size": (target?.requestedKiB ?? 0) * 1024,
          memdev: alias,
          prealloc: prealloc ? true : undefined,
          memaddr: target?.address,
          "dynamic-memslots": target?.dynamicMemslots,
          id,
          ...addressProps(def, memory),
        }),
      ];
    }
    case "sgx-epc":
      return [
        objectPart({
          "qom-type": "memory-backend-epc",
          id: alias,
          prealloc: true,
          size: sizeBytes,
          ...(memory.source?.nodemask === undefined
            ? {}
            : { "host-nodes": memory.source.nodemask, policy: "bind" }),
        }),
      ];
  }
}
