import {
  attr,
  attrOf,
  child,
  element,
  type Infer,
  type InferFields,
  lazy,
  list,
  raw,
  refusing,
  size,
  str,
  uint,
  ulong,
  variant,
  yesNo,
} from "@libvirt-ts/xml";
import {
  absPath,
  absPathOrVmware,
  genericName,
  nonZero,
  objectName,
  pathOrDevice,
  uint32,
  volName,
} from "../../types.ts";
import { checkPciNumbers, pciNumbers } from "../address.ts";
import { Reconnect } from "../chardev.ts";
import { readError, unsupported, xmlError } from "../errors.ts";
import { sourceSeclabels } from "../seclabel.ts";
import { attrOneOf } from "../words.ts";
import {
  Auth,
  Cookies,
  Encryption,
  FormatMetadataCache,
  Identity,
  Initiator,
  Reservations,
  Slices,
  SourceReconnect,
  StorageHost,
} from "./storage-parts.ts";

/** Formats a definition may name. */
export const imageFormats = [
  "raw",
  "dir",
  "bochs",
  "cloop",
  "dmg",
  "iso",
  "vpc",
  "vdi",
  "fat",
  "vhd",
  "ploop",
  "cow",
  "qcow",
  "qcow2",
  "qed",
  "vmdk",
] as const;
/** All of them, and none that is known. */
export const diskFormats = ["none", ...imageFormats] as const;
export type DiskFormat = (typeof diskFormats)[number];

export const networkProtocols = [
  "nbd",
  "rbd",
  "sheepdog",
  "gluster",
  "iscsi",
  "http",
  "https",
  "ftp",
  "ftps",
  "tftp",
  "ssh",
  "vxhs",
  "nfs",
] as const;
export type NetworkProtocol = (typeof networkProtocols)[number];

/** Where the data of an image lies that keeps them apart from its metadata. */
export interface DataStore {
  type: SourceType;
  format?: { type: DiskFormat } | undefined;
  source?: { index?: number | undefined; file?: string | undefined; dev?: string | undefined } | undefined;
}

/** What comes first and last on any kind of source. */
const lead = {
  startupPolicy: attrOneOf("startupPolicy", ["mandatory", "requisite", "optional"]),
  index: attr("index", nonZero(uint), { show: "kept" }),
};
const tail = {
  slices: child(Slices, { joins: true }),
  auth: child(Auth),
  encryption: child(Encryption),
  reservations: child(Reservations),
  ...sourceSeclabels,
  dataStore: child(lazy<DataStore>("dataStore", () => DataStore)),
  privateData: raw("privateData", { show: "status", plain: true }),
};

const FileSource = element("source", {
  file: attr("file", absPathOrVmware, { emptyIsAbsent: true }),
  fdgroup: attr("fdgroup", str),
  ...lead,
  ...tail,
});
const BlockSource = element("source", {
  dev: attr("dev", pathOrDevice, { emptyIsAbsent: true }),
  ...lead,
  ...tail,
});
const DirSource = element("source", { dir: attr("dir", absPath, { emptyIsAbsent: true }), ...lead, ...tail });
const noVolume = () => xmlError("'pool' and 'volume' must be specified together for 'pool' type source");
const VolumeSource = element("source", {
  pool: attr("pool", objectName, { required: true, missing: noVolume }),
  volume: attr("volume", volName, { required: true, missing: noVolume }),
  mode: attrOneOf("mode", ["host", "direct"]),
  ...lead,
  ...tail,
});
const transferLimit = refusing(size, () => xmlError("invalid readahead size or timeout"));
const NetworkSource = element(
  "source",
  {
    protocol: attrOneOf("protocol", networkProtocols, { required: true }),
    name: attr("name", str),
    query: attr("query", str),
    tls: attr("tls", yesNo),
    tlsHostname: attr("tlsHostname", str),
    tlsFromConfig: attr("tlsFromConfig", uint, { show: "status" }),
    ...lead,
    hosts: list(StorageHost),
    snapshot: attrOf("snapshot", "name", genericName, { emptyIsAbsent: true }),
    config: attrOf("config", "file", absPath, { emptyIsAbsent: true }),
    initiator: child(Initiator, { joins: true }),
    ssl: attrOf("ssl", "verify", yesNo),
    cookies: child(Cookies),
    readahead: attrOf("readahead", "size", nonZero(transferLimit), { omit: 0, emptyIsAbsent: true }),
    timeout: attrOf("timeout", "seconds", nonZero(transferLimit), { omit: 0, emptyIsAbsent: true }),
    reconnect: child(SourceReconnect),
    knownHosts: attrOf("knownHosts", "path", str, { required: true }),
    identity: child(Identity),
    ...tail,
  },
  {
    read(source) {
      keepOwn(source);
      const { protocol, name } = source;
      if (protocol === "ssh" && source.identity && source.identity.username === undefined)
        throw readError("Missing required attribute 'username' in element 'identity'");
      if (name === undefined && !nameless.has(protocol)) throw xmlError("missing name for disk source");
      // These name a pool and an image in it.
      const slash = name?.indexOf("/") ?? -1;
      if ((protocol === "rbd" || protocol === "gluster") && name !== undefined && slash < 1)
        throw xmlError(`can't split path '${name}' into pool name and image name`);
    },
  },
);
const downloads: readonly NetworkProtocol[] = ["http", "https", "ftp", "ftps"];
/** What only servers of some kinds are told; for others it is passed over. */
const ownTo = {
  query: ["http", "https"],
  ssl: ["https", "ftps"],
  cookies: ["http", "https"],
  readahead: downloads,
  timeout: downloads,
  reconnect: ["nbd"],
  knownHosts: ["ssh"],
  identity: ["ssh", "nfs"],
  initiator: ["iscsi"],
} as const satisfies { readonly [field: string]: readonly NetworkProtocol[] };

function keepOwn(source: { protocol: NetworkProtocol } & { [F in keyof typeof ownTo]?: unknown }): void {
  for (const field of Object.keys(ownTo) as (keyof typeof ownTo)[]) {
    const own: readonly NetworkProtocol[] = ownTo[field];
    if (!own.includes(source.protocol)) delete source[field];
  }
}

/** Without a unit number the first one is meant. */
export const withUnit = (name: string): string => (name.includes("/") ? name : `${name}/0`);

/** Servers that have but one thing to offer. */
const nameless = new Set<NetworkProtocol>(["nbd"]);
const NvmeSource = element(
  "source",
  {
    type: attrOneOf("type", ["pci"], {
      required: true,
      refuse: (text) => xmlError(`unsupported source type '${text}'`),
      missing: () => xmlError("missing 'type' attribute to disk source"),
    }),
    managed: attr("managed", yesNo),
    namespace: attr("namespace", uint32(ulong), { required: true }),
    ...lead,
    address: child(element("address", pciNumbers)),
    ...tail,
  },
  {
    read(source) {
      if (source.address === undefined) throw xmlError("NVMe disk source is missing address");
      checkPciNumbers(source.address);
      source.managed ??= false;
      if (source.namespace === 0n) throw unsupported("NVMe namespace can't be zero");
    },
  },
);
const VhostUserSource = element("source", {
  type: attrOneOf("type", ["unix"], {
    required: true,
    refuse: () => xmlError("invalid 'type' attribute for vhostuser disk source"),
    missing: () => xmlError("missing 'type' attribute for vhostuser disk source"),
  }),
  path: attr("path", absPath, {
    required: true,
    missing: () => xmlError("missing 'path' attribute for vhostuser disk source"),
  }),
  ...lead,
  reconnect: child(Reconnect),
  ...tail,
});
const VdpaSource = element("source", { dev: attr("dev", str, { required: true }), ...lead, ...tail });

export const sourceTypes = [
  "file",
  "block",
  "dir",
  "network",
  "volume",
  "nvme",
  "vhostuser",
  "vhostvdpa",
] as const;
export type SourceType = (typeof sourceTypes)[number];

const DataStore = element("dataStore", {
  type: attrOneOf("type", sourceTypes, { required: true }),
  format: child(element("format", { type: attrOneOf("type", diskFormats, { required: true }) })),
  source: child(
    element("source", {
      file: attr("file", str),
      dev: attr("dev", str),
      ...lead,
      privateData: raw("privateData", { show: "status", plain: true }),
    }),
  ),
});

/** The `<source>` that goes with the `type` of a disk or of a backing store. */
export const sourceByType = variant("type", {
  file: { source: child(FileSource) },
  block: { source: child(BlockSource) },
  dir: { source: child(DirSource) },
  network: { source: child(NetworkSource) },
  volume: { source: child(VolumeSource) },
  nvme: { source: child(NvmeSource) },
  vhostuser: { source: child(VhostUserSource) },
  vhostvdpa: { source: child(VdpaSource) },
});

/** Kind and place of an image: `{ type: "file", source: { file } }` and so on. */
export type StorageSource = InferFields<{ $source: typeof sourceByType }>;
export type FileSource = Infer<typeof FileSource>;
export type BlockSource = Infer<typeof BlockSource>;
export type NetworkSource = Infer<typeof NetworkSource>;
export type VolumeSource = Infer<typeof VolumeSource>;
export type NvmeSource = Infer<typeof NvmeSource>;

/** Format of an image below the top, with how much of its metadata is kept in memory. */
export const Format = element("format", {
  type: attrOneOf("type", imageFormats, {
    required: true,
    emptyIsAbsent: true,
    refuse: (text) => xmlError(`unknown storage source format '${text}'`),
    missing: () => xmlError("missing disk backing store format"),
  }),
  metadataCache: child(FormatMetadataCache, { joins: true }),
});
export type Format = Infer<typeof Format>;
