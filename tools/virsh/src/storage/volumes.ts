import {
  StorageVolCreateFlags as Create,
  StorageVolDeleteFlags,
  StorageVolInfoFlags,
  StorageVolResizeFlags,
  StorageVolType,
  StorageVolWipeAlgorithm,
} from "@libvirt-ts/api";
import { arg, doing, flag, ShellError, scaledInteger, text } from "@libvirt-ts/cli";
import type { Connect, StoragePool, StorageVol } from "@libvirt-ts/client";
import { ErrorCode, VirError } from "@libvirt-ts/errors";
import { parseXml, type XmlElement } from "@libvirt-ts/xml";
import { command } from "../context.ts";
import { readText } from "../support/files.ts";
import { findPool, findVolume } from "../support/lookup.ts";
import { flagsOf, poolNames, xpathView } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";
import { dumpElement, present, tag } from "../support/xml.ts";
import { prettySize } from "./pools.ts";

interface Making {
  readonly preallocMetadata?: boolean;
  readonly reflink?: boolean;
  readonly validate?: boolean;
}
const createFlags = ({ preallocMetadata = false, reflink = false, validate = false }: Making): number =>
  flagsOf([
    [preallocMetadata, Create.PREALLOC_METADATA],
    [reflink, Create.REFLINK],
    [validate, Create.VALIDATE],
  ]);

export const volClone = command("vol-clone", {
  help: "copy a volume within its pool",
  options: {
    vol: arg("name, key or path of the volume"),
    newname: arg("name of the copy"),
    pool: text("name or UUID of the pool", poolNames),
    "prealloc-metadata": flag("allocate the tables of a qcow2"),
    reflink: flag("share the blocks of the source"),
    "print-xml": flag("show the XML, do nothing"),
  },
  async run({ vol, newname, pool, printXml, ...making }, { connect, out }) {
    const original = await findVolume(connect, vol, { pool });
    const parent = await doing("failed to get parent pool", original.storagePoolLookupByVolume());
    const xml = `${dumpElement(renamed(parseXml(await original.getXmlDesc()), newname))}\n`;
    if (printXml) {
      out.text(xml.trimEnd());
      return;
    }
    const made = parent.storageVolCreateXmlFrom({ xml, clonevol: original, flags: createFlags(making) });
    const { name } = await doing(`Failed to clone vol from ${original.name}`, made);
    out.done(`Vol ${name} cloned from ${original.name}`);
  },
});

const renamed = (volume: XmlElement, name: string): XmlElement => ({
  ...volume,
  children: volume.children.map((child) => (child.name === "name" ? { ...child, text: name } : child)),
});
export const volCreateAs = command("vol-create-as", {
  help: "make a volume that is described by options",
  options: {
    pool: arg("name or UUID of the pool", poolNames),
    name: arg("name of the volume"),
    capacity: arg("size of the volume, with or without a unit"),
    allocation: text("bytes to allocate at first, with or without a unit"),
    format: text("format of the image"),
    "backing-vol": text("volume to build upon"),
    "backing-vol-format": text("format of that volume"),
    "prealloc-metadata": flag("allocate the tables of a qcow2"),
    "print-xml": flag("show the XML, do nothing"),
  },
  async run(args, { connect, out }) {
    const { name, printXml, backingVol, backingVolFormat, format } = args;
    const pool = await findPool(connect, args.pool);
    const capacity = sizeOf(args.capacity);
    const allocation = args.allocation === undefined ? undefined : sizeOf(args.allocation);
    const backing = backingVol === undefined ? undefined : await findBacking(connect, pool, backingVol);
    const xml = tag(
      "volume",
      {},
      present([
        tag("name", {}, name),
        tag("capacity", {}, String(capacity)),
        allocation !== undefined && tag("allocation", {}, String(allocation)),
        format && tag("target", {}, [tag("format", { type: format })]),
        backing &&
          tag(
            "backingStore",
            {},
            present([
              tag("path", {}, backing),
              backingVolFormat && tag("format", { type: backingVolFormat }),
            ]),
          ),
      ]),
    );
    if (printXml) {
      out.line(xml);
      return;
    }
    const made = pool.storageVolCreateXml({ xml: `${xml}\n`, flags: createFlags(args) });
    await doing(`Failed to create vol ${name}`, made);
    out.done(`Vol ${name} created`);
  },
});

function sizeOf(text: string): bigint {
  try {
    return scaledInteger(text, "size", { scale: 1n, max: 0xffff_ffff_ffff_ffffn });
  } catch (error) {
    const { cause } = error as Error; // what scaledInteger throws
    throw new ShellError(`Malformed size ${text}`, { cause });
  }
}

/** The path of a volume of the same pool, or of any. */
async function findBacking(connect: Connect, pool: StoragePool, text: string): Promise<string> {
  const volume = await pool
    .storageVolLookupByName({ name: text })
    .catch(() => connect.storageVolLookupByKey({ key: text }))
    .catch(() => doing(`failed to get vol '${text}'`, connect.storageVolLookupByPath({ path: text })));
  return volume.getPath();
}
export const volCreate = command("vol-create", {
  help: "make a volume",
  options: {
    pool: arg("name or UUID of the pool", poolNames),
    file: arg("file with the XML"),
    "prealloc-metadata": flag("allocate the tables of a qcow2"),
    validate: flag("check against the schema"),
  },
  async run({ pool: poolName, file, ...making }, { connect, out }) {
    const pool = await findPool(connect, poolName);
    const xml = await readText(file);
    const made = pool.storageVolCreateXml({ xml, flags: createFlags(making) });
    const { name } = await doing(`Failed to create vol from ${file}`, made);
    out.done(`Vol ${name} created from ${file}`);
  },
});

export const volCreateFrom = command("vol-create-from", {
  help: "make a volume with what is in another one",
  options: {
    pool: arg("name or UUID of the pool", poolNames),
    file: arg("file with the XML"),
    vol: arg("name, key or path of the volume"),
    inputpool: text("pool of the volume to copy", poolNames),
    "prealloc-metadata": flag("allocate the tables of a qcow2"),
    reflink: flag("share the blocks of the source"),
    validate: flag("check against the schema"),
  },
  async run({ pool: poolName, file, vol, inputpool, ...making }, { connect, out }) {
    const pool = await findPool(connect, poolName);
    const clonevol = await findVolume(connect, vol, { pool: inputpool });
    const xml = await readText(file);
    const made = pool.storageVolCreateXmlFrom({ xml, clonevol, flags: createFlags(making) });
    const { name } = await doing(`Failed to create vol from ${file}`, made);
    out.done(`Vol ${name} created from input vol ${clonevol.name}`);
  },
});

export const volDelete = command("vol-delete", {
  help: "destroy a volume",
  options: {
    vol: arg("name, key or path of the volume"),
    pool: text("name or UUID of the pool", poolNames),
    "delete-snapshots": flag("its snapshots too"),
  },
  async run({ vol, pool, deleteSnapshots }, { connect, out }) {
    const volume = await findVolume(connect, vol, { pool });
    const flags = deleteSnapshots ? StorageVolDeleteFlags.WITH_SNAPSHOTS : 0;
    await doing(`Failed to delete vol ${vol}`, volume.delete({ flags }));
    out.done(`Vol ${vol} deleted`);
  },
});

export const volDumpxml = command("vol-dumpxml", {
  help: "show the XML of a volume",
  options: {
    vol: arg("name, key or path of the volume"),
    pool: text("name or UUID of the pool", poolNames),
    ...xpathView,
  },
  async run({ vol, pool, xpath, wrap }, { connect, out }) {
    const volume = await findVolume(connect, vol, { pool });
    showXml(out, await volume.getXmlDesc(), { xpath, wrap });
  },
});

export const volInfo = command("vol-info", {
  help: "tell about a volume",
  options: {
    vol: arg("name, key or path of the volume"),
    pool: text("name or UUID of the pool", poolNames),
    bytes: flag("figures in bytes"),
    physical: flag("bytes it takes on the host"),
  },
  async run({ vol, pool, bytes, physical }, { connect, out }) {
    const volume = await findVolume(connect, vol, { pool });
    out.field("Name:", volume.name);
    const flags = StorageVolInfoFlags.GET_PHYSICAL;
    const info = physical ? await volume.getInfoFlags({ flags }) : await volume.getInfo();
    const size = (value: bigint) => (bytes ? `${value} bytes` : prettySize(value));
    out.field("Type:", typeText(info.type));
    out.field("Capacity:", size(info.capacity));
    out.field(physical ? "Physical:" : "Allocation:", size(info.allocation));
  },
});

const types: Readonly<Record<number, string>> = {
  [StorageVolType.FILE]: "file",
  [StorageVolType.BLOCK]: "block",
  [StorageVolType.DIR]: "dir",
  [StorageVolType.NETWORK]: "network",
  [StorageVolType.NETDIR]: "netdir",
  [StorageVolType.PLOOP]: "ploop",
};
const typeText = (type: number): string => types[type] ?? "unknown";
export const volKey = command("vol-key", {
  help: "tell the key of a volume",
  options: { vol: arg("name, key or path of the volume"), pool: text("name or UUID of the pool", poolNames) },
  async run({ vol, pool }, { connect, out }) {
    out.line((await findVolume(connect, vol, { pool })).key);
  },
});

export const volList = command("vol-list", {
  help: "show the volumes of a pool",
  options: { pool: arg("name or UUID of the pool", poolNames), details: flag("more columns") },
  async run({ pool: poolName, details }, { connect, out }) {
    const pool = await findPool(connect, poolName);
    const volumes = await doing("Failed to list volumes", pool.listAllVolumes());
    const rows = [...volumes]
      .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
      .map(async (volume) => {
        const path = await volume.getPath().catch(() => "-");
        if (!details) return [volume.name, path];
        const { type, capacity, allocation } = await volume.getInfo();
        return [volume.name, path, typeText(type), prettySize(capacity), prettySize(allocation)];
      });
    const header = ["Name", "Path", ...(details ? ["Type", "Capacity", "Allocation"] : [])];
    out.table(header, await Promise.all(rows));
  },
});

export const volName = command("vol-name", {
  help: "tell the name of a volume",
  options: { vol: arg("name, key or path of the volume") },
  async run({ vol }, { connect, out }) {
    out.line((await findVolume(connect, vol, { ways: ["key", "path"] })).name);
  },
});

export const volPath = command("vol-path", {
  help: "tell the path of a volume",
  options: { vol: arg("name, key or path of the volume"), pool: text("name or UUID of the pool", poolNames) },
  async run({ vol, pool }, { connect, out }) {
    out.line(await (await findVolume(connect, vol, { pool })).getPath());
  },
});

export const volPool = command("vol-pool", {
  help: "tell which pool a volume is in",
  options: { vol: arg("name, key or path of the volume"), uuid: flag("the UUID instead of the name") },
  async run({ vol, uuid }, { connect, out }) {
    const volume = await findVolume(connect, vol, { ways: ["key", "path"] });
    const pool = await doing("failed to get parent pool", volume.storagePoolLookupByVolume());
    out.line(uuid ? pool.uuidText : pool.name);
  },
});

export const volResize = command("vol-resize", {
  help: "change the size of a volume",
  options: {
    vol: arg("name, key or path of the volume"),
    capacity: arg("the new size, with or without a unit"),
    pool: text("name or UUID of the pool", poolNames),
    allocate: flag("allocate the space at once"),
    delta: flag("the size is a difference"),
    shrink: flag("it may become smaller"),
  },
  async run({ vol, capacity: text, pool, allocate, delta, shrink }, { connect, out }) {
    const volume = await findVolume(connect, vol, { pool });
    const isNegative = text.trimStart().startsWith("-");
    if (isNegative && !shrink) throw new ShellError("negative size requires --shrink");
    const capacity = sizeOf(isNegative ? text.trimStart().slice(1) : text);
    const flags = flagsOf([
      [allocate, StorageVolResizeFlags.ALLOCATE],
      [delta, StorageVolResizeFlags.DELTA],
      [shrink, StorageVolResizeFlags.SHRINK],
    ]);
    const failure = delta
      ? `Failed to change size of volume '${volume.name}' by ${text}`
      : `Failed to change size of volume '${volume.name}' to ${text}`;
    await doing(failure, volume.resize({ capacity, flags }));
    const way = delta ? "by" : "to";
    out.line(`Size of volume '${volume.name}' successfully changed ${way} ${text}`);
  },
});

export const volWipe = command("vol-wipe", {
  help: "overwrite a volume",
  options: {
    vol: arg("name, key or path of the volume"),
    pool: text("name or UUID of the pool", poolNames),
    algorithm: text("zero, nnsa, dod, bsi, gutmann, schneier, pfitzner7, pfitzner33, random, trim"),
  },
  async run({ vol, pool, algorithm: name }, { connect, out }) {
    const volume = await findVolume(connect, vol, { pool });
    const failure = `Failed to wipe vol ${vol}`;
    await doing(
      failure,
      wiped(volume, name === undefined ? StorageVolWipeAlgorithm.ZERO : algorithmOf(name)),
    );
    out.done(`Vol ${vol} wiped`);
  },
});

/** Zeros are what old drivers write anyway. */
async function wiped(volume: StorageVol, algorithm: number): Promise<void> {
  try {
    await volume.wipePattern({ algorithm });
  } catch (error) {
    const isOld = error instanceof VirError && error.code === ErrorCode.NO_SUPPORT;
    if (!isOld || algorithm !== StorageVolWipeAlgorithm.ZERO) throw error;
    await volume.wipe();
  }
}

function algorithmOf(name: string): number {
  const found = Object.entries(StorageVolWipeAlgorithm).find(([key]) => key.toLowerCase() === name);
  if (found === undefined) throw new ShellError(`Unsupported algorithm '${name}'`);
  return found[1];
}
