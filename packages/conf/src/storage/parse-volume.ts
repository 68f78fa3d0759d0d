import { ErrorDomain } from "@libvirt-ts/errors";
import { type Context, parseXml, type XmlElement, XmlWriter, xmlError } from "@libvirt-ts/xml";
import { storageError } from "./errors.ts";
import type { StoragePoolDef } from "./pool.ts";
import { poolType } from "./pool-types.ts";
import { type StorageVolumeDef, VolumeSyntax } from "./volume.ts";

export interface ParseVolumeOptions extends Context {
  /**
   * Whether the capacity may be left out: `always`, or for volumes on top of another one, whose
   * capacity they take. Then it reads as 0.
   */
  readonly capacityOptional?: "always" | "with-backing";
}

/** Reads a `<volume>` of a pool. @throws VirError */
export function parseStorageVolume(
  text: string,
  pool: Pick<StoragePoolDef, "type">,
  options: ParseVolumeOptions = {},
): StorageVolumeDef {
  const root = parseXml(text, { errorDomain: ErrorDomain.STORAGE });
  return readStorageVolume(root, pool, options);
}

function readStorageVolume(
  root: XmlElement,
  pool: Pick<StoragePoolDef, "type">,
  options: ParseVolumeOptions,
): StorageVolumeDef {
  if (root.name !== "volume") throw xmlError(`expecting root element of 'volume', not '${root.name}'`);
  const syntax = VolumeSyntax.parse(root, { ...options, poolType: pool.type });
  const { capacityOptional } = options;
  const { capacity } = syntax;
  const isOptional =
    capacityOptional === "always" || (capacityOptional === "with-backing" && syntax.backingStore);
  if (capacity === undefined && !isOptional) throw storageError("missing capacity element");
  const format = poolType(pool.type).volume?.fallback;
  return {
    ...syntax,
    capacity: capacity ?? 0n,
    allocation: syntax.allocation ?? capacity ?? 0n,
    target: syntax.target ?? (format === undefined ? {} : { format }),
  };
}

/** The text of a volume, with a final newline. */
export function formatStorageVolume(def: StorageVolumeDef, pool: Pick<StoragePoolDef, "type">): string {
  const writer = new XmlWriter();
  VolumeSyntax.format(def, writer, { poolType: pool.type });
  return writer.toString();
}
