import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  absentIs,
  attr,
  child,
  childNamed,
  type ElementCodec,
  element,
  fixed,
  flag,
  type Infer,
  lazy,
  leaf,
  list,
  onOff,
  positive,
  raw,
  type Scalar,
  str,
  strictly,
  uint,
  type XmlElement,
  yesNo,
} from "@libvirt-ts/xml";
import { absPath, anyInteger, genericName, nonZero, oneLine, wwn } from "../../types.ts";
import { noSource, noTarget, unsupported, xmlError } from "../errors.ts";
import { bootInfo } from "../info.ts";
import { IothreadMap } from "../iothread-map.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf } from "../words.ts";
import { Iotune } from "./iotune.ts";
import { Auth, Encryption, MetadataCache } from "./storage-parts.ts";
import {
  Format,
  imageFormats,
  type SourceType,
  type StorageSource,
  sourceByType,
  sourceTypes,
  withUnit,
} from "./storage-source.ts";

export const diskBuses = ["ide", "fdc", "scsi", "virtio", "xen", "usb", "uml", "sata", "sd", "nvme"] as const;
export type DiskBus = (typeof diskBuses)[number];

const DiskDriver = element("driver", {
  name: attr("name", genericName),
  type: attrOneOf("type", [...imageFormats, "aio"], {
    refuse: (text) => unsupported(`unknown driver format value '${text}'`),
  }),
  cache: attrOneOf("cache", ["default", "none", "writethrough", "writeback", "directsync", "unsafe"]),
  errorPolicy: attrOneOf("error_policy", ["default", "stop", "report", "ignore", "enospace"]),
  rerrorPolicy: attrOneOf("rerror_policy", ["default", "stop", "report", "ignore"]),
  io: attrOneOf("io", ["native", "threads", "io_uring"]),
  ioeventfd: attr("ioeventfd", onOff),
  eventIdx: attr("event_idx", onOff),
  copyOnRead: attr("copy_on_read", onOff),
  discard: attrOneOf("discard", ["unmap", "ignore"]),
  iothread: attr("iothread", positive),
  detectZeroes: attrOneOf("detect_zeroes", ["off", "on", "unmap"]),
  queues: fixed(absentIs(0, "disk queue count"), attr("queues", positive)),
  queueSize: fixed(absentIs(0, "disk queue size"), attr("queue_size", nonZero(uint))),
  ...virtioOptions,
  discardNoUnref: attr("discard_no_unref", onOff),
  iothreads: child(IothreadMap),
  metadataCache: child(MetadataCache, { joins: true }),
});

const DiskTarget = element("target", {
  dev: fixed(
    "disk",
    attr("dev", strictly(str, /(?:ioemu:)?(?:fd|hd|sd|vd|xvd|ubd)[a-zA-Z0-9_]+/, "a disk name like vda"), {
      emptyIsAbsent: true,
      strict: { required: true },
    }),
  ),
  bus: fixed("disk bus", attrOneOf("bus", diskBuses)),
  tray: attrOneOf("tray", ["closed", "open"]),
  removable: attr("removable", onOff),
  rotationRate: fixed(
    absentIs(0, "Target disk rotation rate %t RPM does not match source %s RPM"),
    attr("rotation_rate", nonZero(uint), { omit: 0 }),
  ),
});

const Geometry = element("geometry", {
  cyls: attr("cyls", anyInteger(uint)),
  heads: attr("heads", anyInteger(uint)),
  secs: attr("secs", anyInteger(uint)),
  trans: attrOneOf("trans", ["auto", "none", "lba"]),
});
const Blockio = element("blockio", {
  logicalBlockSize: fixed(
    absentIs(0, "disk logical_block_size"),
    attr("logical_block_size", anyInteger(uint)),
  ),
  physicalBlockSize: fixed(
    absentIs(0, "disk physical_block_size"),
    attr("physical_block_size", anyInteger(uint)),
  ),
  discardGranularity: fixed(absentIs(0, "disk discard_granularity"), attr("discard_granularity", uint)),
});

/** The image below another one; an empty one (no `type`) ends the chain. */
export type BackingStore = {
  type?: SourceType | undefined;
  index?: number | undefined;
  format?: Format | undefined;
  backingStore?: BackingStore | undefined;
} & Partial<StorageSource>;

const FullBackingStore: ElementCodec<BackingStore> = element(
  "backingStore",
  {
    type: attrOneOf("type", sourceTypes, {
      refuse: (text) => xmlError(`unknown storage source type '${text}'`),
    }),
    index: attr("index", nonZero(uint), { show: "kept" }),
    format: child(Format),
    $source: sourceByType,
    backingStore: child(lazy<BackingStore>("backingStore", () => BackingStore)),
  },
  {
    keepEmpty: true,
    read(store) {
      if (store.format === undefined) throw xmlError("missing disk backing store format");
      if (store.source === undefined) throw xmlError("missing disk backing store source");
    },
  },
) as ElementCodec<BackingStore>; // the cycle keeps the type from being inferred
/** Of the end of a chain nothing is read. */
const BackingStore: ElementCodec<BackingStore> = {
  ...FullBackingStore,
  parse: (from, context) => (from.attrs.type === undefined ? {} : FullBackingStore.parse(from, context)),
};

/** Where the disk is being copied to. `file` and `formatName` repeat source and format of files, as in older XML. */
const Mirror = element(
  "mirror",
  {
    type: attrOneOf("type", sourceTypes),
    file: attr("file", absPath),
    formatName: attrOneOf("format", imageFormats),
    job: attrOneOf("job", ["copy", "active-commit"]),
    ready: attrOneOf("ready", ["yes", "abort", "pivot"]),
    format: child(Format),
    $source: sourceByType,
    backingStore: child(BackingStore),
  },
  {
    read(mirror) {
      const { file, formatName } = mirror;
      if (formatName !== undefined) mirror.format ??= { type: formatName };
      if (mirror.type === undefined) Object.assign(mirror, { type: "file", source: { file, seclabels: [] } });
      mirror.job ??= "copy";
      mirror.format ??= { type: "raw" };
      mirror.file = undefined;
      mirror.formatName = undefined;
    },
    view: (mirror) =>
      mirror.type === "file" && mirror.job === "copy"
        ? { ...mirror, file: mirror.source?.file, formatName: mirror.format?.type }
        : mirror,
  },
);

const writtenWwn: Scalar<string> = {
  ...wwn,
  parse(text) {
    if (!/^(?:0x)?[0-9a-fA-F]{16}$/.test(text))
      throw new VirError(ErrorDomain.NONE, ErrorCode.INTERNAL_ERROR, `Malformed wwn: ${text}`);
    return text;
  },
};

const printable = (what: string): Scalar<string> => ({
  ...str,
  parse(text) {
    if (/[^ -~]/.test(text)) throw xmlError(`disk ${what} is not printable string`);
    return text;
  },
});

const ThrottleFilters = element("throttlefilters", {
  filters: list(element("throttlefilter", { group: attr("group", str, { required: true }) })),
});

const Transient = element("transient", { shareBacking: attr("shareBacking", yesNo) }, { keepEmpty: true });

/** A disk, CD-ROM, floppy or passed-through LUN. `source` absent: an empty drive. */
export const Disk = element(
  "disk",
  {
    type: attrOneOf("type", sourceTypes, { default: "file" }),
    device: fixed(
      "disk device",
      attrOneOf("device", ["disk", "lun", "cdrom", "floppy"], { default: "disk" }),
    ),
    model: fixed(
      "disk model",
      attrOneOf("model", [
        "virtio",
        "virtio-transitional",
        "virtio-non-transitional",
        "usb-storage",
        "usb-bot",
      ]),
    ),
    rawio: attr("rawio", yesNo),
    sgio: attrOneOf("sgio", ["filtered", "unfiltered"]),
    snapshot: attrOneOf("snapshot", ["no", "internal", "external", "manual"]),
    driver: child(DiskDriver),
    auth: child(Auth),
    $source: sourceByType,
    backingStore: child(BackingStore),
    backenddomain: child(element("backenddomain", { name: attr("name", oneLine) })),
    mirror: child(Mirror, { show: "live" }),
    geometry: child(Geometry),
    blockio: child(Blockio),
    target: child(DiskTarget, {
      required: true,
      strict: { required: false },
      missing: (from) => noTarget(writtenPath(from)),
    }),
    iotune: child(Iotune, { joins: true }),
    throttlefilters: child(ThrottleFilters, { joins: true }),
    readonly: fixed("Target disk access mode does not match source", flag("readonly")),
    shareable: flag("shareable"),
    transient: child(Transient),
    serial: fixed(
      "disk serial",
      leaf("serial", strictly(str, /[A-Za-z0-9_.+\- ]+/, "letters, digits, blanks, '_', '.', '+' or '-'")),
    ),
    wwn: fixed("Target disk wwn '%t' does not match source '%s'", leaf("wwn", writtenWwn)),
    vendor: leaf("vendor", strictly(printable("vendor"), /[ -~]{0,8}/, "up to eight printable characters")),
    product: leaf("product", strictly(printable("product"), /[ -~]{0,40}/, "up to 40 printable characters")),
    encryption: child(Encryption),
    ...bootInfo,
    privateData: raw("privateData", { show: "status", plain: true }),
  },
  {
    rule: diskRule,
    view(disk) {
      const { target, device, driver } = disk;
      const isTrayShown = (device === "cdrom" || device === "floppy") && target.tray !== "closed";
      const hidesTray = target.tray !== undefined && !isTrayShown;
      const hidesRemovable = target.removable !== undefined && target.bus !== "usb";
      const hidesSnapshot = disk.snapshot === "no" && disk.readonly;
      const hidesCache = driver?.cache === "default";
      // Most disks are shown as they are, and copying one takes as long as writing it.
      if (!(hidesTray || hidesRemovable || hidesSnapshot || hidesCache)) return disk;
      return {
        ...disk,
        ...(hidesSnapshot && { snapshot: undefined }),
        ...(hidesCache && { driver: { ...driver, cache: undefined } }),
        target: {
          ...target,
          ...(hidesTray && { tray: undefined }),
          ...(hidesRemovable && { removable: undefined }),
        },
      };
    },
    read(disk, from) {
      if (disk.target.dev === undefined) throw noTarget(writtenPath(from));
      const isMedium = disk.device === "disk" || disk.device === "lun";
      if (isMedium && disk.source === undefined) throw noSource(disk.target.dev);
      if (disk.type === "network" && disk.source?.protocol === "iscsi" && disk.source.name !== undefined) {
        disk.source.name = withUnit(disk.source.name);
      }
      if (disk.encryption && disk.source && "encryption" in disk.source && disk.source.encryption) {
        throw unsupported("an <encryption> definition already found for disk source");
      }
      if (disk.auth && disk.source && "auth" in disk.source && disk.source.auth) {
        throw unsupported("an <auth> definition already found for disk source");
      }
    },
  },
);
export type Disk = Infer<typeof Disk>;
export type DiskDriver = Infer<typeof DiskDriver>;
export type DiskTarget = Infer<typeof DiskTarget>;

/** What valid documents keep to beyond the single parts. */
function diskRule(disk: XmlElement): string | undefined {
  const { type = "file", device, rawio, sgio } = disk.attrs;
  const isLun = device === "lun";
  if (isLun && type !== "block" && type !== "network" && type !== "volume")
    return `device='lun' needs type='block', 'network' or 'volume', not '${type}'`;
  if (!isLun && (rawio !== undefined || sgio !== undefined)) return "'rawio' and 'sgio' go with device='lun'";
  if (type === "network" && !childNamed(disk, "source")) return "a disk of type='network' needs a <source>";
  if (childNamed(disk, "iotune") && childNamed(disk, "throttlefilters"))
    return "<iotune> and <throttlefilters> exclude each other";
  return undefined;
}

/** What the source is, for errors about a disk that has no name. */
function writtenPath(from: XmlElement): string | undefined {
  const { file, dev, dir, name, pool, volume } = childNamed(from, "source")?.attrs ?? {};
  if (from.attrs.type === "vhostvdpa") return undefined;
  if (pool !== undefined) return `pool = '${pool}', volume = '${volume}'`;
  return file ?? dev ?? dir ?? name;
}
