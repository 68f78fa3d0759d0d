import type { NetworkSource } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Json, Props } from "../command/types.ts";
import { type CacheMode, hasFormatNode, type ImageLayer, sliceOf, topNode } from "./image-layer.ts";
import { type DeviceContext, objectPart, type Part } from "./parts.ts";
import { secretProps, tlsCredsProps } from "./secret.ts";
import { type StorageObjects, storageProps } from "./storage-source.ts";

interface CacheFlags {
  direct: boolean;
  noFlush: boolean;
  writeCache: boolean;
}

const cacheModes: Readonly<Record<Exclude<CacheMode, "default">, CacheFlags>> = {
  none: { direct: true, noFlush: false, writeCache: true },
  writethrough: { direct: false, noFlush: false, writeCache: false },
  writeback: { direct: false, noFlush: false, writeCache: true },
  directsync: { direct: true, noFlush: false, writeCache: false },
  unsafe: { direct: false, noFlush: true, writeCache: true },
};

export const cacheFlags = (mode: CacheMode | undefined): CacheFlags | undefined =>
  mode === undefined || mode === "default" ? undefined : cacheModes[mode];

const cacheProps = (mode: CacheMode | undefined): Json | undefined => {
  const flags = cacheFlags(mode);
  return flags && { direct: flags.direct, "no-flush": flags.noFlush };
};

/** Nodes of a whole chain, the lowest image first, with the objects they need before them. */
export function chainParts(top: ImageLayer, context: DeviceContext): Part[] {
  const layers: ImageLayer[] = [];
  for (let layer: ImageLayer | null | undefined = top; layer; layer = layer.backing) layers.unshift(layer);
  return layers.flatMap((layer) => imageParts(layer, context));
}

/** Nodes of one image: objects, storage, slice, format. */
export function imageParts(layer: ImageLayer, context: DeviceContext): Part[] {
  const parts: Part[] = [];
  const objects = storageObjects(layer, context, parts);
  if (layer.place.type === "vhostuser") return parts;
  const { storage, slice, format } = imageNodes(layer, objects);
  for (const props of [storage, slice, format])
    if (props !== undefined) parts.push({ kind: "blockdev", props });
  return parts;
}

/** Arguments of `blockdev-add` for the nodes of one image, in the order they have to be made. */
export interface ImageNodes {
  storage: Props;
  slice?: Props;
  format?: Props;
}

/** @throws VirError INTERNAL_ERROR for names QEMU would not take */
export function imageNodes(layer: ImageLayer, objects: StorageObjects): ImageNodes {
  const { names } = layer;
  for (const name of Object.values(names))
    if (Buffer.byteLength(name) > MAX_NODE_NAME)
      throw new VirError(ErrorDomain.QEMU, ErrorCode.INTERNAL_ERROR, `node-name '${name}' too long for qemu`);
  const slice = sliceOf(layer);
  const formatted = hasFormatNode(layer);
  const storage = {
    ...storageProps(layer, objects),
    ...nodeProps(layer, names.storage, !formatted && slice === undefined),
  };
  return {
    storage,
    ...(slice && {
      slice: {
        driver: "raw",
        file: names.storage,
        offset: slice.offset,
        size: slice.size,
        ...nodeProps(layer, names.slice, !formatted),
      },
    }),
    ...(formatted && {
      format: formatProps(layer, slice === undefined ? names.storage : names.slice, objects),
    }),
  };
}

const MAX_NODE_NAME = 31;

/** What all nodes have; the node on top of an image carries the wishes of the guest. */
function nodeProps(layer: ImageLayer, name: string, isTop: boolean): Props {
  return {
    "node-name": name,
    ...(isTop
      ? { "read-only": layer.readonly, discard: layer.discard, "detect-zeroes": detectZeroes(layer) }
      : { "auto-read-only": true, discard: "unmap" }),
    cache: cacheProps(layer.cache),
  };
}

/** Without discard, `unmap` can only write zeroes. */
const detectZeroes = ({ detectZeroes: wish, discard }: ImageLayer) =>
  wish === "unmap" && discard !== "unmap" ? "on" : wish;

const luksFormats: ReadonlySet<string> = new Set(["luks", "qcow"]);

function formatProps(layer: ImageLayer, file: string, objects: StorageObjects): Props {
  const { encryption } = layer;
  const common: Props = { "node-name": layer.names.format, ...topProps(layer) };
  const keySecret = objects.encryptionSecrets[0];
  const isEncrypted = encryption !== undefined && encryption.engine !== "librbd";
  const tail: Props = { file, ...backingProps(layer) };
  if (isEncrypted && !luksFormats.has(encryption.format)) {
    throw new VirError(ErrorDomain.STORAGE, ErrorCode.INTERNAL_ERROR, "invalid encryption format");
  }
  switch (layer.format) {
    case "raw":
    case "fat":
      if (isEncrypted) return { ...common, driver: "luks", "key-secret": keySecret, file };
      return { ...common, driver: "raw", file };
    case "qcow2":
      return {
        ...common,
        driver: "qcow2",
        "discard-no-unref": layer.discardNoUnref,
        "cache-size": layer.metadataCacheSize || undefined,
        encrypt: isEncrypted
          ? { format: encryption.format === "qcow" ? "aes" : "luks", "key-secret": keySecret }
          : undefined,
        ...tail,
      };
    case "qcow":
      return {
        ...common,
        driver: "qcow",
        encrypt: isEncrypted ? { format: "aes", "key-secret": keySecret } : undefined,
        ...tail,
      };
    case "vhd":
      return { ...common, driver: "vhdx", file };
    case "ploop":
      return { ...common, driver: "parallels", file };
    case "vmdk":
    case "qed":
      return { ...common, driver: layer.format, ...tail };
    case "bochs":
    case "cloop":
    case "dmg":
    case "vpc":
    case "vdi":
      return { ...common, driver: layer.format, file };
    default:
      throw new VirError(
        ErrorDomain.STORAGE,
        ErrorCode.INTERNAL_ERROR,
        `mishandled storage format '${layer.format}'`,
      );
  }
}

const topProps = (layer: ImageLayer): Props => ({
  "read-only": layer.readonly,
  discard: layer.discard,
  "detect-zeroes": detectZeroes(layer),
  cache: cacheProps(layer.cache),
});

const backingProps = ({ backing }: ImageLayer): Props =>
  backing === undefined ? {} : { backing: backing === null ? null : topNode(backing) };

/** Makes the objects a storage node refers to; their ids come from the node's name. */
function storageObjects(layer: ImageLayer, context: DeviceContext, parts: Part[]): StorageObjects {
  const { resources } = context;
  const { place, names, encryption } = layer;
  const { storage } = names;
  const objects: StorageObjects = { encryptionSecrets: [] };
  const { source } = place;

  const reservations = source?.reservations;
  if (reservations !== undefined) {
    if (reservations.managed) objects.prManager = "pr-helper0";
    else {
      objects.prManager = `pr-helper-${storage}`;
      parts.push(
        objectPart({
          "qom-type": "pr-manager-helper",
          id: objects.prManager,
          path: reservations.source?.path,
        }),
      );
    }
  }
  const auth = layer.auth;
  const usesNbdkit = layer.nbdkitSocket !== undefined;
  if (auth !== undefined && auth.type !== "none" && !usesNbdkit) {
    const { secret } = auth;
    const type = secret.type === "ceph" || auth.type === "ceph" ? "ceph" : "iscsi";
    objects.authSecret = `${storage}-auth-secret0`;
    parts.push(
      objectPart(
        secretProps(
          objects.authSecret,
          resources.secret({ uuid: secret.uuid, usage: secret.usage, type }),
          resources,
        ),
      ),
    );
  }
  if (place.type === "network" && place.source !== undefined && !usesNbdkit)
    networkObjects(place.source, storage, context, objects, parts);
  if (encryption !== undefined) {
    const owner = hasFormatNode(layer) ? names.format : storage;
    objects.encryptionSecrets = encryption.secrets.map((secret, i) => {
      const id = `${owner}-encryption-secret${i}`;
      parts.push(
        objectPart(
          secretProps(
            id,
            resources.secret({ uuid: secret.uuid, usage: secret.usage, type: "volume" }),
            resources,
          ),
        ),
      );
      return id;
    });
  }
  return objects;
}

function networkObjects(
  source: NetworkSource,
  storage: string,
  { resources, settings }: DeviceContext,
  objects: StorageObjects,
  parts: Part[],
) {
  const cookies = source.cookies?.cookies ?? [];
  if (cookies.length > 0) {
    objects.cookieSecret = `${storage}-httpcookie-secret0`;
    const text = cookies.map(({ name, value }) => `${name}=${value ?? ""}`).join("; ");
    parts.push(objectPart(secretProps(objects.cookieSecret, Buffer.from(text), resources)));
  }
  if (source.tls === true && (source.protocol === "nbd" || source.protocol === "vxhs")) {
    const tls = source.protocol === "nbd" ? settings.nbdTls : settings.vxhsTls;
    const id = `obj${storage}_tls0`;
    let passwordId: string | undefined;
    if (tls.secretUuid !== undefined) {
      passwordId = `${id}-secret0`;
      parts.push(
        objectPart(
          secretProps(passwordId, resources.secret({ type: "tls", uuid: tls.secretUuid }), resources),
        ),
      );
    }
    parts.push(
      objectPart(tlsCredsProps({ id, dir: tls.x509CertDir, listen: false, verifyPeer: true, passwordId })),
    );
    objects.tlsCreds = id;
  }
}
