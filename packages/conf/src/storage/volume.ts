import {
  attr,
  child,
  childNamed,
  custom,
  element,
  flag,
  type Infer,
  leaf,
  list,
  type Scalar,
  str,
  ulong,
  xmlError,
} from "@libvirt-ts/xml";
import { Encryption } from "../domain/devices/storage-parts.ts";
import { told } from "../told.ts";
import { storageError, unsupported } from "./errors.ts";
import { permissions } from "./permissions.ts";
import { poolType, type StoragePoolType } from "./pool-types.ts";
import { bytes, readBytes } from "./scalars.ts";

declare module "@libvirt-ts/xml" {
  interface Context {
    /** The type of the pool a volume is in; it decides which formats there are. */
    readonly poolType?: StoragePoolType;
  }
}

const volumeTypes = ["file", "block", "dir", "network", "netdir", "ploop"] as const;
const volumeType: Scalar<(typeof volumeTypes)[number]> = {
  words: volumeTypes,
  parse(text) {
    const found = volumeTypes.find((word) => word === text);
    if (found === undefined) throw unsupported(`unknown volume type '${text}'`);
    return found;
  },
  format: (value) => value,
};

/** `<format type='qcow2'/>`, where volumes of the pool have a choice. */
const format = custom<string>({
  tags: ["format"],
  parse(from, { poolType: type = "dir" }) {
    const formats = poolType(type).volume;
    const written = from.children.find(({ name }) => name === "format")?.attrs.type;
    if (!formats) return undefined;
    if (written === undefined || written === "") return formats.fallback;
    if (!formats.words.includes(written) || formats.found?.includes(written))
      throw unsupported(`unknown volume format type ${written}`);
    return written;
  },
  formatBody(value, writer, { poolType: type = "dir" }) {
    if (!poolType(type).volume) return;
    writer.open("format");
    writer.attr("type", value);
    writer.close("format");
  },
});

/** Seconds since 1970, with up to nine digits behind the point. */
const Timestamps = element("timestamps", {
  atime: leaf("atime", str),
  mtime: leaf("mtime", str),
  ctime: leaf("ctime", str),
  btime: leaf("btime", str),
});
const timestamps = told(child(Timestamps), "timestamps");

/** A version of a format: `0.10`, `1.1`. */
const version: Scalar<string> = {
  parse(text) {
    const numbers = /^\s*[+-]?(\d+)\.\s*[+-]?(\d+)$/.exec(text)?.slice(1);
    if (!numbers?.every((number) => Number(number) <= 0xffffffff))
      throw storageError("forbidden characters in 'compat' attribute");
    return text;
  },
  format: (value) => value,
};

const clusterSize = custom<bigint>({
  tags: ["clusterSize"],
  parse(from) {
    const found = from.children.find(({ name }) => name === "clusterSize");
    if (!found || found.text === "") return undefined;
    return readBytes(found, {
      malformed: (text) =>
        xmlError(`Invalid value '${text}' for element or attribute './target/clusterSize'`),
      largest: 0xffffffffffffffffn,
    });
  },
  formatBody(value, writer) {
    if (value === 0n) return;
    writer.open("clusterSize");
    writer.attr("unit", "B");
    writer.closeWithText("clusterSize", String(value));
  },
});

const features = {
  lazyRefcounts: flag("lazy_refcounts"),
  extendedL2: flag("extended_l2"),
};
const knownFeatures = ["lazy_refcounts", "extended_l2"];
const Features = element("features", features, {
  keepEmpty: true,
  read(_value, { children }) {
    const other = children.find(({ name }) => !knownFeatures.includes(name));
    if (other) throw unsupported(`unsupported feature ${other.name}`);
  },
});

/** Read, never shown: whether it is so can be seen in the file system. */
const nocow = custom<true>({
  tags: ["nocow"],
  parse: (from) => (from.children.some(({ name }) => name === "nocow") ? true : undefined),
});

const Target = element(
  "target",
  {
    path: leaf("path", str),
    format,
    permissions,
    timestamps,
    encryption: child(Encryption),
    compat: leaf("compat", version),
    /** Bytes. */
    clusterSize,
    features: child(Features, { joins: true }),
    nocow,
  },
  {
    endTag: true,
    read(target) {
      if (target.features) target.compat ??= "1.1";
    },
  },
);

const BackingStore = element("backingStore", {
  path: leaf("path", str),
  format,
  permissions,
  timestamps,
});

/** The parts of disks a volume lies on, in bytes. */
const VolumeSource = element("source", {
  devices: list(
    element("device", {
      path: attr("path", str, { required: true }),
      extents: list(
        element("extent", {
          start: attr("start", ulong, { required: true }),
          end: attr("end", ulong, { required: true }),
        }),
      ),
    }),
  ),
});

/** `<volume>` as it is written. */
export const VolumeSyntax = element("volume", {
  type: attr("type", volumeType, { default: "file", emptyIsAbsent: true }),
  name: leaf("name", str, {
    required: true,
    missing: () => storageError("missing volume name element"),
  }),
  key: leaf("key", str),
  source: told(child(VolumeSource), "source"),
  /** All sizes are bytes. */
  capacity: bytes("capacity"),
  allocation: bytes("allocation"),
  physical: told(bytes("physical"), "physical"),
  target: child(Target, { joins: true, strict: { required: true } }),
  // What is below it is known by its path or not at all.
  backingStore: child(BackingStore, { joins: true, skip: (from) => !childNamed(from, "path")?.text }),
});
export type VolumeSyntax = Infer<typeof VolumeSyntax>;

/** A volume: always with its sizes in bytes. */
export type StorageVolumeDef = VolumeSyntax & {
  capacity: bigint;
  allocation: bigint;
  target: NonNullable<VolumeSyntax["target"]>;
};
