import type { MemoryDevice } from "../devices/memory-device.ts";
import { unsupported, xmlDetail, xmlError } from "../errors.ts";

const smallestLabelKiB = 128;
/** The page size of transparent huge pages: blocks cannot be smaller. */
const smallestBlockKiB = 2048;
const kibibyte = 1024n;

/** Memory modules, one by one. */
export function checkMemories(memories: readonly MemoryDevice[]): void {
  for (const memory of memories) {
    checkMemory(memory);
    if (memory.address?.type === "dimm") checkOverlap(memory, memories);
  }
}

function checkMemory(memory: MemoryDevice): void {
  switch (memory.model) {
    case "dimm":
      return;
    case "nvdimm": {
      if (memory.source?.path === undefined) throw needsPath(memory.model);
      if (memory.discard) throw unsupported("discard is not supported for nvdimms");
      const label = memory.target?.label?.sizeKiB;
      if (label === undefined) return;
      if (label < smallestLabelKiB) throw xmlError("nvdimm label must be at least 128KiB");
      if (label >= (memory.target?.sizeKiB ?? 0))
        throw xmlError("label size must be smaller than NVDIMM size");
      return;
    }
    case "virtio-pmem":
      if (memory.source?.path === undefined) throw needsPath(memory.model);
      if (memory.discard) throw unsupported("discard is not supported for virtio-pmem");
      if (memory.access !== "shared") throw unsupported("shared access mode required for virtio-pmem device");
      if (memory.target?.node !== undefined) throw unsupported("virtio-pmem does not support NUMA nodes");
      return;
    case "virtio-mem":
      checkVirtioMem(memory);
      return;
    case "sgx-epc":
      if (memory.address)
        throw unsupported(`memory device address is not supported for model '${memory.model}'`);
  }
}

const needsPath = (model: string) => xmlDetail(`path is required for model '${model}'`);

function checkVirtioMem({ target }: Extract<MemoryDevice, { model: "virtio-mem" }>): void {
  const { blockKiB: block, requestedKiB: requested = 0, sizeKiB: size = 0, address } = target ?? {};
  if (requested > size) throw xmlDetail(`requested size must be smaller than or equal to @size (${size}KiB)`);
  if (block === undefined) return;
  if (block === 0 || !Number.isInteger(Math.log2(block)))
    throw xmlDetail("block size must be a power of two");
  if (block < smallestBlockKiB)
    throw xmlDetail(`block size too small, must be at least ${smallestBlockKiB}KiB`);
  if (requested % block !== 0) throw xmlDetail("requested size must be an integer multiple of block size");
  if (address !== undefined && address % (BigInt(block) * kibibyte) !== 0n)
    throw xmlDetail("memory device address must be aligned to blocksize");
}

interface Range {
  from: bigint;
  to: bigint;
}

/** Where a module lies, if the user said so; labels are not seen by the guest, and what is left is aligned. */
function rangeOf(memory: MemoryDevice): Range | undefined {
  const { address, target } = memory;
  if (address?.type !== "dimm" || address.base === undefined) return undefined;
  let size = target?.sizeKiB ?? 0;
  if (memory.model === "nvdimm") {
    size -= memory.target?.label?.sizeKiB ?? 0;
    const align = memory.source?.alignsizeKiB ?? 0;
    if (align > 0) size -= size % align;
  }
  return { from: address.base, to: address.base + BigInt(size) * kibibyte };
}

function checkOverlap(memory: MemoryDevice, all: readonly MemoryDevice[]): void {
  const own = rangeOf(memory);
  if (!own) return;
  for (const other of all) {
    const range = other === memory ? undefined : rangeOf(other);
    if (!range || own.from >= range.to || range.from >= own.to) continue;
    const text = (at: bigint) => `0x${at.toString(16)}`;
    throw unsupported(
      `memory device address [${text(own.from)}:${text(own.to)}] overlaps with other memory device (${text(range.from)})`,
    );
  }
}
