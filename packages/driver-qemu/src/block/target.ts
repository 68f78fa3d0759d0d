import type { StorageSource } from "@libvirt-ts/conf/domain";
import type { Props } from "../command/types.ts";
import { type ImageLayer, nodeNames, sliceOf } from "../device/image-layer.ts";
import { storageProps } from "../device/storage-source.ts";
import { defaultPorts } from "./backing-uri.ts";

/** Where an image is, and nothing else: no credentials, nothing about how it is used. */
export function targetProps(
  place: StorageSource,
  format: ImageLayer["format"] = "raw",
  more: Pick<ImageLayer, "isHostKeyUnchecked" | "isFloppy"> = {},
): Props {
  const bare: ImageLayer = {
    ...more,
    place: withoutTls(place),
    format,
    names: nodeNames(0),
    readonly: false,
  };
  const { rw: _rw, ...props } = storageProps(bare, { encryptionSecrets: [] });
  const cookies = place.type === "network" ? (place.source?.cookies?.cookies ?? []) : [];
  if (cookies.length === 0) return props;
  const cookie = cookies.map(({ name, value = "" }) => `${name}=${value}`).join("; ");
  const { timeout, readahead, ...head } = props;
  return { ...head, cookie, timeout, readahead };
}

function withoutTls(place: StorageSource): StorageSource {
  if (place.type !== "network" || place.source === undefined) return place;
  return { ...place, source: { ...place.source, tls: undefined, tlsHostname: undefined } };
}

/** Protocols whose images have plain names. */
const named: ReadonlySet<string> = new Set([
  "nbd",
  "http",
  "https",
  "ftp",
  "ftps",
  "tftp",
  "iscsi",
  "gluster",
]);

/**
 * What is written into an image about the one below it: the shortest form that says all.
 * @param layout how the JSON form is written
 */
export function backingString(
  layer: Pick<ImageLayer, "place" | "format" | "isFloppy">,
  layout: (value: unknown) => string = JSON.stringify,
): string {
  const { place, format, isFloppy } = layer;
  const slice = sliceOf({ place } as ImageLayer); // looks at nothing else
  if (slice === undefined) {
    if (place.type === "file") return place.source?.file ?? "";
    if (place.type === "block") return place.source?.dev ?? "";
    if (place.type === "dir") return `${format === "fat" ? "fat:" : ""}${place.source?.dir ?? ""}`;
    const uri = uriOf(place);
    if (uri !== undefined) return uri;
  }
  const props = targetProps(place, format, { isFloppy: isFloppy === true });
  if (slice === undefined) return `json:{"file":${layout(props)}}`;
  const { offset, size } = slice;
  return `json:{"file":${layout({ driver: "raw", offset: Number(offset), size: Number(size), file: props })}}`;
}

function uriOf(place: StorageSource): string | undefined {
  if (place.type !== "network" || place.source === undefined) return undefined;
  const { source } = place;
  const [host, more] = source.hosts;
  if (host === undefined || more !== undefined || (host.transport ?? "tcp") !== "tcp") return undefined;
  const { timeout, cookies, ssl, readahead, reconnect } = source;
  if (timeout || cookies?.cookies.length || ssl !== undefined || readahead || reconnect) return undefined;
  if (!named.has(source.protocol)) return undefined;
  const name = host.name ?? "";
  const port = host.port ?? defaultPorts[source.protocol];
  const path = (source.name ?? "").split("/").map(encodeURIComponent).join("/");
  const query = source.query === undefined ? "" : `?${source.query}`;
  const slash = path === "" ? "" : "/";
  return `${source.protocol}://${name.includes(":") ? `[${name}]` : name}${port ? `:${port}` : ""}${slash}${path}${query}`;
}
