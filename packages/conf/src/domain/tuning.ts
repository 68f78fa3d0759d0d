import { bytesToKiB } from "@libvirt-ts/util/units";
import {
  attr,
  attrOf,
  child,
  custom,
  element,
  flag,
  type Infer,
  leaf,
  list,
  oneOf,
  size,
  uint,
} from "@libvirt-ts/xml";
import { absPath, within } from "../types.ts";
import { unsupported, xmlError } from "./errors.ts";
import { amount, bitmap, kib, parseKiB, scaledBytes, sized, unit } from "./scalars.ts";
import { attrOneOf } from "./words.ts";

const modes = ["strict", "preferred", "interleave", "restrictive"] as const;

/** On which nodes of the host the guest's memory lies. */
export const Numatune = element(
  "numatune",
  {
    memory: child(
      element("memory", {
        mode: attrOneOf("mode", modes, { default: "strict" }),
        nodeset: attr("nodeset", bitmap),
        placement: attrOneOf("placement", ["static", "auto"], { omit: "static" }),
      }),
    ),
    memnodes: list(
      element("memnode", {
        cellid: attr("cellid", uint, { required: true }),
        mode: attrOneOf("mode", modes, { default: "strict", strict: { required: true } }),
        nodeset: attr("nodeset", bitmap, { required: true }),
      }),
    ),
  },
  {
    read({ memory, memnodes }) {
      if (memory) {
        if (memory.placement === "auto") memory.nodeset = undefined;
      }
      const isRestrictive = memory?.mode === "restrictive";
      if (memory?.placement === "auto" && memnodes.length > 0) {
        throw unsupported("Per-node binding is not compatible with automatic NUMA placement.");
      }
      for (const { mode } of memnodes) {
        if (isRestrictive && mode !== "restrictive") {
          throw xmlError(
            "'restrictive' mode is required in memnode element when mode is 'restrictive' in memory element",
          );
        }
        if (memory && !isRestrictive && mode === "restrictive") {
          throw xmlError(
            "'restrictive' mode is required in memory element when mode is 'restrictive' in memnode element",
          );
        }
      }
      const seen = new Set<number>();
      for (const { cellid } of memnodes) {
        if (seen.has(cellid)) throw xmlError(`Multiple memnode elements with cellid ${cellid}`);
        seen.add(cellid);
      }
      memnodes.sort((a, b) => a.cellid - b.cellid);
    },
  },
);
export type Numatune = Infer<typeof Numatune>;

const HugePage = element("page", {
  sizeKiB: custom<number>({
    attrs: ["size", "unit"],
    like: { size: attr("size", amount, { required: true }), unit },
    parse(from) {
      if (from.attrs.size === undefined) throw xmlError("missing element or attribute './@size'");
      return Number(bytesToKiB(scaledBytes(from.attrs.size, from.attrs.unit, "KiB", from)));
    },
    formatAttrs(value, writer) {
      writer.attr("size", String(value));
      writer.attr("unit", "KiB");
    },
  }),
  nodeset: attr("nodeset", bitmap),
});

/** What the guest's memory is made of on the host. */
export const MemoryBacking = element("memoryBacking", {
  hugepages: child(element("hugepages", { pages: list(HugePage) }, { keepEmpty: true })),
  nosharepages: flag("nosharepages"),
  locked: flag("locked"),
  source: attrOf("source", "type", oneOf(["file", "anonymous", "memfd"])),
  access: attrOf("access", "mode", oneOf(["shared", "private"])),
  allocation: child(
    element("allocation", {
      mode: attrOneOf("mode", ["immediate", "ondemand"]),
      threads: attr("threads", uint, { omit: 0 }),
    }),
  ),
  discard: flag("discard"),
});
export type MemoryBacking = Infer<typeof MemoryBacking>;

/** No limit; not written. KiB. */
export const unlimitedKiB = 9007199254740991;
const limit = (tag: string) =>
  custom<number>({
    tags: [tag],
    like: sized(tag),
    parse(from) {
      const found = from.children.find((each) => each.name === tag);
      const value = found && parseKiB(found);
      return value === undefined || value >= unlimitedKiB ? undefined : value;
    },
    formatBody(value, writer) {
      writer.open(tag);
      writer.attr("unit", "KiB");
      writer.closeWithText(tag, String(value));
    },
  });

/** Limits on the host memory a guest may take: KiB. */
export const Memtune = element("memtune", {
  hardLimitKiB: limit("hard_limit"),
  softLimitKiB: limit("soft_limit"),
  minGuaranteeKiB: kib("min_guarantee"),
  swapHardLimitKiB: limit("swap_hard_limit"),
});
export type Memtune = Infer<typeof Memtune>;

/** Shares and limits of block I/O. */
export const Blkiotune = element("blkiotune", {
  weight: leaf("weight", within(uint, 100, 1000), { omit: 0 }),
  devices: list(
    element("device", {
      path: leaf("path", absPath, { required: true }),
      weight: leaf("weight", within(uint, 100, 1000), { omit: 0 }),
      readIopsSec: leaf("read_iops_sec", uint, { omit: 0 }),
      writeIopsSec: leaf("write_iops_sec", uint, { omit: 0 }),
      readBytesSec: leaf("read_bytes_sec", size, { omit: 0 }),
      writeBytesSec: leaf("write_bytes_sec", size, { omit: 0 }),
    }),
  ),
});
export type Blkiotune = Infer<typeof Blkiotune>;
