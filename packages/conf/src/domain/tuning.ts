import { bytesToKiB } from "@libvirt-ts/util/units";
import {
  attr,
  attrOf,
  child,
  childNamed,
  custom,
  element,
  flag,
  type Infer,
  leaf,
  list,
  oneOf,
  refusing,
  type Scalar,
  size,
  uint,
} from "@libvirt-ts/xml";
import { absPath, within } from "../types.ts";
import { unsupported, xmlError } from "./errors.ts";
import { amount, bitmap, kib, missingAmount, parseKiB, scaledBytes, sized, unit } from "./scalars.ts";
import { attrOneOf } from "./words.ts";

const modes = ["strict", "preferred", "interleave", "restrictive"] as const;

/** On which nodes of the host the guest's memory lies. */
export const Numatune = element(
  "numatune",
  {
    memory: child(
      element("memory", {
        mode: attrOneOf("mode", modes, {
          default: "strict",
          refuse: (text) => unsupported(`Unsupported NUMA memory tuning mode '${text}'`),
        }),
        nodeset: attr("nodeset", bitmap),
        placement: attrOneOf("placement", ["static", "auto"], {
          omit: "static",
          refuse: (text) => unsupported(`Unsupported NUMA memory placement mode '${text}'`),
        }),
      }),
    ),
    memnodes: list(
      element("memnode", {
        cellid: attr("cellid", uint, { required: true }),
        mode: attrOneOf("mode", modes, { default: "strict", strict: { required: true } }),
        nodeset: attr("nodeset", bitmap, {
          required: true,
          missing: () => xmlError("Missing required nodeset attribute in memnode element"),
        }),
      }),
    ),
  },
  {
    read(numatune, from) {
      if (Object.keys(childNamed(from, "memory")?.attrs ?? {}).length === 0) delete numatune.memory;
      const { memory, memnodes } = numatune;
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
      if (!from.attrs.size) throw missingAmount("./@size");
      return Number(bytesToKiB(scaledBytes(from.attrs.size, from.attrs.unit, "KiB", "./@size")));
    },
    formatAttrs(value, writer) {
      writer.attr("size", String(value));
      writer.attr("unit", "KiB");
    },
  }),
  nodeset: attr("nodeset", bitmap),
});

const unknown = (what: string, text: string) => unsupported(`unknown memoryBacking/${what} '${text}'`);

/** What the guest's memory is made of on the host. */
export const MemoryBacking = element("memoryBacking", {
  hugepages: child(element("hugepages", { pages: list(HugePage) }, { keepEmpty: true }), { joins: true }),
  nosharepages: flag("nosharepages"),
  locked: flag("locked"),
  source: attrOf(
    "source",
    "type",
    oneOf(["file", "anonymous", "memfd"], (text) => unknown("source/type", text)),
    { emptyIsAbsent: true },
  ),
  access: attrOf(
    "access",
    "mode",
    oneOf(["shared", "private"], (text) => unknown("access/mode", text)),
    { emptyIsAbsent: true },
  ),
  allocation: child(
    element("allocation", {
      mode: attrOneOf("mode", ["immediate", "ondemand"], {
        emptyIsAbsent: true,
        refuse: (text) => unknown("allocation/mode", text),
      }),
      threads: attr(
        "threads",
        refusing(uint, () => xmlError("Failed to parse memory allocation threads")),
        { emptyIsAbsent: true, omit: 0 },
      ),
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
      const value = found && found.text !== "" ? parseKiB(found, `./memtune/${tag}[1]`) : undefined;
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
  minGuaranteeKiB: kib("min_guarantee", { where: "./memtune/min_guarantee[1]" }),
  swapHardLimitKiB: limit("swap_hard_limit"),
});
export type Memtune = Infer<typeof Memtune>;

/** A number of one device. */
const limitOf = (tag: string, scalar: Scalar<number>, range = (own: Scalar<number>) => own) =>
  leaf(
    tag,
    range(refusing(scalar, (text) => unsupported(`could not parse ${tag.replaceAll("_", " ")} ${text}`))),
    { omit: 0 },
  );

/** Whatever is no number is none. */
const uintOrNone: Scalar<number> = {
  ...uint,
  parse: (text) => (/^[ \t\n\r]*\+?\d+$/.test(text) && Number(text) <= 0xffffffff ? Number(text) : 0),
};

/** Shares and limits of block I/O. */
export const Blkiotune = element("blkiotune", {
  weight: leaf("weight", within(uintOrNone, 100, 1000), { omit: 0 }),
  devices: list(
    element("device", {
      path: leaf("path", absPath, {
        required: true,
        missing: () => unsupported("missing per-device path"),
      }),
      weight: limitOf("weight", uint, (own) => within(own, 100, 1000)),
      readIopsSec: limitOf("read_iops_sec", uint),
      writeIopsSec: limitOf("write_iops_sec", uint),
      readBytesSec: limitOf("read_bytes_sec", size),
      writeBytesSec: limitOf("write_bytes_sec", size),
    }),
  ),
});
export type Blkiotune = Infer<typeof Blkiotune>;
