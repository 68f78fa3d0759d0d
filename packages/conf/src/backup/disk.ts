import {
  attr,
  child,
  element,
  type Infer,
  oneOf,
  raw,
  str,
  strictlyOneOf,
  uint,
  variant,
  yesNo,
} from "@libvirt-ts/xml";
import { Encryption } from "../domain/devices/storage-parts.ts";
import { diskFormats, sourceTypes } from "../domain/devices/storage-source.ts";
import { sourceSeclabels } from "../domain/seclabel.ts";
import { backupError, unsupported } from "./errors.ts";

const storeTypes = ["file", "block"] as const;
const storeType = {
  words: storeTypes,
  parse(text: string): (typeof storeTypes)[number] {
    const found = storeTypes.find((word) => word === text);
    if (found !== undefined) return found;
    throw sourceTypes.some((word) => word === text)
      ? unsupported(`unsupported disk backup type '${text}'`)
      : backupError(`unknown storage source type '${text}'`);
  },
  format: (value: (typeof storeTypes)[number]) => value,
};

/** Where data go: `target` in push mode; in pull mode `scratch`, for what the guest overwrites meanwhile. */
const stores = <T extends "target" | "scratch">(tag: T) => {
  const rest = {
    encryption: child(Encryption),
    ...sourceSeclabels,
    privateData: raw("privateData", { show: "status" as const, plain: true }),
  };
  const file = child(element(tag, { file: attr("file", str), ...rest }));
  const block = child(element(tag, { dev: attr("dev", str), ...rest }));
  return variant("type", { file: { store: file }, block: { store: block } });
};

const formats = diskFormats.filter((format) => format !== "none");
const format = oneOf(formats, (text) => backupError(`unknown storage source format '${text}'`));
const PushDriver = element("driver", { type: attr("type", format) });
const PullDriver = element("driver", { type: attr("type", strictlyOneOf(format, ["qcow2"])) });

const states = ["none", "running", "complete", "failed", "cancelling", "cancelled"] as const;

const head = {
  name: attr("name", str, {
    required: true,
    missing: () => backupError("missing name from disk backup element"),
  }),
  isBackedUp: attr("backup", yesNo, { default: true }),
  state: attr("state", oneOf(states), { show: "status" }),
  type: attr("type", storeType, { default: "file" }),
  mode: attr("backupmode", oneOf(["full", "incremental"])),
  incremental: attr("incremental", str),
};
/** Number of the store among the images in use; what the host says. */
const index = { index: attr("index", uint) };

interface Common {
  name: string;
  isBackedUp: boolean;
  index?: number | undefined;
}

/** Nothing else is said of a disk that is left out. */
const view = <T extends Common>(disk: T): T =>
  disk.isBackedUp ? disk : ({ name: disk.name, isBackedUp: false } as T); // only ever handed to the formatter

/** A disk that is copied as it is at the beginning. */
export const PushDisk = element(
  "disk",
  { ...head, ...index, driver: child(PushDriver), $store: stores("target") },
  {
    read(disk, _from, { status }) {
      if (!status) delete disk.index;
    },
    view,
  },
);
export type PushDisk = Infer<typeof PushDisk>;

/** A disk that others read over the network as it is at the beginning. */
export const PullDisk = element(
  "disk",
  {
    ...head,
    exportName: attr("exportname", str),
    exportBitmap: attr("exportbitmap", str),
    ...index,
    driver: child(PullDriver),
    $store: stores("scratch"),
  },
  {
    read(disk, _from, { status }) {
      if (!status) delete disk.index;
      const format = disk.driver?.type;
      if (format !== undefined && format !== "qcow2")
        throw backupError(`pull mode backup requires qcow2 driver, not '${format}'`);
    },
    view,
  },
);
export type PullDisk = Infer<typeof PullDisk>;
