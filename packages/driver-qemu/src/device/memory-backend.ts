import type { DomainDef, MemoryDevice } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Json, Props } from "../command/types.ts";
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
  const { def, caps, paths } = context;
  const backing = def.memoryBacking;
  const cell = request.node === undefined ? undefined : def.cpu?.numa?.cells[request.node];
  const access = request.access ?? cell?.memAccess ?? backing?.access;
  const discard = request.discard ?? cell?.discard ?? (backing?.discard ? true : undefined);
  const page = hugePage(request, context);
  const { nodes, policy } = hostNodes(request, context);

  let prealloc = backing?.allocation?.mode === "immediate";
  const props: Record<string, Json | undefined> = {};
  const share = access === undefined ? undefined : access === "shared";
  const isFile =
    request.nvdimm !== undefined || page !== undefined || access !== undefined || backing?.source === "file";
  if (backing?.source === "memfd" && request.nvdimm === undefined) {
    props["qom-type"] = "memory-backend-memfd";
    props["id"] = request.alias;
    if (page !== undefined) {
      props["hugetlb"] = true;
      props["hugetlbsize"] = page.sizeKiB * 1024;
      prealloc = true;
    }
    props["share"] = share;
  } else if (isFile) {
    props["qom-type"] = "memory-backend-file";
    props["id"] = request.alias;
    if (request.nvdimm !== undefined) {
      props["mem-path"] = request.nvdimm.path;
      prealloc = true;
    } else if (page !== undefined) {
      props["mem-path"] = `${page.dir}/libvirt/qemu/${shortName(context)}`;
      prealloc = true;
    } else
      props["mem-path"] = `${paths.memoryBacking}/${request.alias.replace(/^mem(?=dimm|nvdimm|virtio)/, "")}`;
    props["discard-data"] = discard;
    if (request.onDemand) props["reserve"] = false;
    props["share"] = share;
    if (request.isSystemRam) props["x-use-canonical-path-for-ramblock-id"] = false;
  } else {
    props["qom-type"] = "memory-backend-ram";
    props["id"] = request.alias;
    if (request.onDemand) props["reserve"] = false;
  }
  if (request.onDemand) prealloc = false;
  if (request.nvdimm?.pmem && backing?.allocation?.mode !== "immediate") prealloc = false;
  const parts: Part[] = [];
  if (prealloc) {
    props["prealloc"] = true;
    if (backing?.allocation?.threads) props["prealloc-threads"] = backing.allocation.threads;
  }
  props["size"] = request.sizeBytes;
  if (nodes !== undefined) {
    props["host-nodes"] = [...nodes];
    props["policy"] = policy;
    if (prealloc && caps.flags.has("thread-context")) {
      const id = `tc-${request.alias}`;
      parts.push(objectPart({ "qom-type": "thread-context", id, "node-affinity": [...nodes] }));
      props["prealloc-context"] = id;
    }
  }
  if (request.nvdimm?.alignKiB) props["align"] = request.nvdimm.alignKiB * 1024;
  if (request.nvdimm?.pmem) props["pmem"] = true;
  parts.push(objectPart(props));
  return parts;
}

const shortName = ({ def, id }: DeviceContext) => `${id}-${def.name.slice(0, 20)}`;

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
    throw new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, `NUMA node ${missing} is unavailable`);
  }
  if (nodes === undefined || mode === "restrictive") return {};
  return { nodes, policy: policies[mode] };
}

/** The huge pages a piece of memory is to be made of; `undefined` for pages of the system. */
function hugePage(
  request: MemoryRequest,
  { def, settings, host }: DeviceContext,
): { dir: string; sizeKiB: number } | undefined {
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
      ? settings.hugetlbfs.find((m) => m.isDefault)
      : settings.hugetlbfs.find((m) => m.sizeKiB === size);
  if (mount === undefined) {
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.INTERNAL_ERROR,
      size === undefined
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
