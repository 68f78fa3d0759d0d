import type { NetworkSource } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Json, Props } from "../command/types.ts";
import type { ImageLayer } from "./image-layer.ts";

/** Ids of the objects a storage node refers to. */
export interface StorageObjects {
  authSecret?: string;
  cookieSecret?: string;
  encryptionSecrets: readonly string[];
  tlsCreds?: string;
  prManager?: string;
}

const unsupported = (detail: string) => new VirError(ErrorDomain.STORAGE, ErrorCode.INTERNAL_ERROR, detail);

/** The part of a storage node that says where the bytes are; `driver` comes first. */
export function storageProps(image: ImageLayer, objects: StorageObjects): Props {
  const { place } = image;
  const aio = image.io;
  switch (place.type) {
    case "file":
      return {
        driver: "file",
        filename: image.fdset ?? place.source?.file ?? "",
        aio,
        "pr-manager": objects.prManager,
      };
    case "block":
      return {
        driver: image.isHostCdrom ? "host_cdrom" : "host_device",
        filename: place.source?.dev ?? "",
        aio,
        "pr-manager": objects.prManager,
      };
    case "dir": {
      if (image.format !== "fat") throw unsupported("missing 'fat' format for a directory disk");
      return {
        driver: "vvfat",
        dir: place.source?.dir ?? "",
        floppy: image.isFloppy ?? false,
        rw: !image.readonly,
      };
    }
    case "nvme": {
      const { address, namespace } = place.source ?? {};
      if (address === undefined) throw unsupported("missing PCI address of NVMe disk");
      const hex = (value: number, width: number) => value.toString(16).padStart(width, "0");
      const at = `${hex(address.domain, 4)}:${hex(address.bus, 2)}:${hex(address.slot, 2)}.${address.function}`;
      return { driver: "nvme", device: at, namespace: namespace ?? 1n };
    }
    case "vhostvdpa":
      return { driver: "virtio-blk-vhost-vdpa", path: image.fdset ?? place.source?.dev ?? "" };
    case "network":
      if (image.nbdkitSocket !== undefined) {
        return { driver: "nbd", server: { type: "unix", path: image.nbdkitSocket } };
      }
      if (place.source === undefined) throw unsupported("missing source of network disk");
      return networkProps(place.source, image, objects);
    default:
      throw unsupported(`storage type '${place.type}' has no block node of its own`);
  }
}

function networkProps(source: NetworkSource, image: ImageLayer, objects: StorageObjects): Props {
  switch (source.protocol) {
    case "nbd":
      return {
        driver: "nbd",
        server: socketAddress(source, 10809),
        export: source.name,
        "tls-creds": objects.tlsCreds,
        "tls-hostname": source.tlsHostname,
        "reconnect-delay": source.reconnect?.delay,
      };
    case "rbd":
      return rbdProps(source, image, objects);
    case "iscsi":
      return iscsiProps(source, image, objects);
    case "http":
    case "https":
    case "ftp":
    case "ftps":
    case "tftp":
      return {
        driver: source.protocol,
        url: sourceUrl(source),
        username: image.auth?.username,
        "password-secret": objects.authSecret,
        readahead: source.readahead,
        timeout: source.timeout,
        ...(source.ssl === undefined ? {} : { sslverify: source.ssl }),
        "cookie-secret": objects.cookieSecret,
      };
    case "ssh":
      return {
        driver: "ssh",
        path: source.name,
        server: plainAddress(source, 22),
        user: source.identity?.username ?? image.auth?.username,
        "host-key-check": image.isHostKeyUnchecked ? { mode: "none" } : undefined,
      };
    case "nfs":
      return {
        driver: "nfs",
        server: { host: source.hosts[0]?.name ?? "", type: "inet" },
        path: source.name,
        user: idNumber(source.identity?.user),
        group: idNumber(source.identity?.group),
      };
    case "gluster": {
      const [volume = "", ...path] = (source.name ?? "").split("/");
      return {
        driver: "gluster",
        volume,
        path: path.join("/"),
        server: source.hosts.map((host) => hostAddress(host, 24007)),
        debug: image.glusterDebug,
      };
    }
    case "vxhs":
      return {
        driver: "vxhs",
        "vdisk-id": source.name,
        server: plainAddress(source, 9999),
        "tls-creds": objects.tlsCreds,
      };
    default:
      throw unsupported(`'${source.protocol}' protocol is not supported`);
  }
}

const idNumber = (text: string | undefined) =>
  text === undefined ? undefined : Number(text.replace(/^\+/, ""));

function rbdProps(source: NetworkSource, image: ImageLayer, objects: StorageObjects): Props {
  const name = source.name ?? "";
  const slash = name.indexOf("/");
  const parts = name.slice(slash + 1).split("/");
  const imageName = parts.pop() ?? "";
  return {
    driver: "rbd",
    pool: name.slice(0, slash),
    namespace: parts.length > 0 ? parts.join("/") : undefined,
    image: imageName,
    snapshot: source.snapshot,
    conf: source.config,
    server:
      source.hosts.length === 0
        ? undefined
        : source.hosts.map((host) => ({ host: host.name ?? "", port: String(host.port ?? 0) })),
    user: image.auth?.username,
    ...(objects.authSecret === undefined
      ? {}
      : { "auth-client-required": ["cephx", "none"], "key-secret": objects.authSecret }),
    encrypt:
      image.encryption?.engine === "librbd"
        ? rbdEncryption(image.encryption.format, objects.encryptionSecrets)
        : undefined,
  };
}

/** The outermost layer is the last secret; each parent uses the one before. */
function rbdEncryption(format: string, secrets: readonly string[]): Json {
  let layer: Props | undefined;
  for (const secret of secrets.toReversed()) layer = { format, "key-secret": secret, parent: layer };
  return layer ?? null;
}

function iscsiProps(source: NetworkSource, image: ImageLayer, objects: StorageObjects): Props {
  const [target = "", lun] = (source.name ?? "").split("/");
  const host = source.hosts[0];
  const name = host?.name ?? "";
  return {
    driver: "iscsi",
    portal: `${name.includes(":") ? `[${name}]` : name}:${host?.port ?? 3260}`,
    target,
    lun: lun === undefined ? 0 : Number(lun),
    transport: host?.transport === "rdma" ? "iser" : "tcp",
    user: image.auth?.username,
    "password-secret": objects.authSecret,
    "initiator-name": source.initiator?.iqn,
  };
}

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21, ftps: 990, tftp: 69 };

/** The URL of an image on a web or file server. */
export function sourceUrl(source: NetworkSource): string {
  const host = source.hosts[0];
  const name = host?.name ?? "";
  const port = host?.port ?? defaultPorts[source.protocol] ?? 0;
  const path = source.name ?? "";
  const query = source.query === undefined ? "" : `?${source.query}`;
  const shown = name.includes(":") ? `[${name}]` : name;
  return `${source.protocol}://${shown}:${port}${path.startsWith("/") ? "" : "/"}${path}${query}`;
}

type Host = NetworkSource["hosts"][number];

const hostAddress = (host: Host, port: number): Props =>
  host.transport === "unix"
    ? { type: "unix", path: host.socket }
    : { type: "inet", host: host.name, port: String(host.port ?? port) };

const socketAddress = (source: NetworkSource, port: number): Props =>
  source.hosts[0] === undefined ? {} : hostAddress(source.hosts[0], port);

/** The form of drivers that only speak TCP. */
const plainAddress = (source: NetworkSource, port: number): Props => ({
  host: source.hosts[0]?.name,
  port: String(source.hosts[0]?.port ?? port),
});
