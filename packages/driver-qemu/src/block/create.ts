import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Props } from "../command/types.ts";
import type { ImageLayer } from "../device/image-layer.ts";
import { backingString, targetProps } from "./target.ts";

/** An image to be made. */
export interface NewImage extends Pick<ImageLayer, "place" | "format" | "encryption"> {
  /** What the guest will see: bytes. */
  capacity: bigint;
  /** What is laid out at once: bytes. */
  physical: bigint;
  /** Node of the storage the format goes into. */
  storageNode: string;
  /** Id of the secret it is encrypted with. */
  keySecret?: string | undefined;
  /** qcow2: `0.10`, `1.1`. */
  compat?: string | undefined;
  clusterSize?: bigint | undefined;
  extendedL2?: boolean | undefined;
  backing?: Pick<ImageLayer, "place" | "format" | "encryption"> | undefined;
}

/** Options of `blockdev-create` for the storage; `undefined` where nothing can be made. */
export function storageCreateProps({ place, physical }: NewImage): Props | undefined {
  if (place.type === "file") return { driver: "file", filename: place.source?.file ?? "", size: physical };
  if (place.type !== "network" || !creatable.has(place.source?.protocol ?? "")) return undefined;
  const { driver, ...location } = targetProps(place);
  return { driver, location, size: physical };
}

const creatable: ReadonlySet<string> = new Set(["gluster", "rbd", "sheepdog", "ssh"]);

/**
 * Options of `blockdev-create` for the format; `undefined` for plain raw images, which need none.
 * @throws VirError INTERNAL_ERROR for formats nobody can make
 */
export function formatCreateProps(image: NewImage): Props | undefined {
  const { format, capacity, storageNode, backing } = image;
  const tail: Props = { file: storageNode, size: capacity };
  const below: Props = backing
    ? { "backing-file": backingString(backing), "backing-fmt": backingFormat(backing) }
    : {};
  switch (format) {
    case "raw":
      return image.encryption && { ...luksProps(image), driver: "luks", ...tail };
    case "qcow2":
      return {
        driver: "qcow2",
        ...tail,
        version: image.compat === undefined ? undefined : image.compat === "0.10" ? "v2" : "v3",
        ...below,
        encrypt: image.encryption && { ...luksProps(image), format: "luks" },
        "cluster-size": image.clusterSize,
        "extended-l2": image.extendedL2,
      };
    case "qcow":
      return { driver: "qcow", ...tail, "backing-file": below["backing-file"] };
    case "qed":
      return { driver: "qed", ...tail, ...below };
    case "vmdk":
      return { driver: "vmdk", ...tail, "backing-file": below["backing-file"] };
    case "vdi":
    case "vpc":
      return { driver: format, ...tail };
    case "vhd":
      return { driver: "vhdx", ...tail };
    case "ploop":
      return { driver: "parallels", ...tail };
    default:
      throw new VirError(
        ErrorDomain.QEMU,
        ErrorCode.OPERATION_UNSUPPORTED,
        `Can't create '${format}' images`,
      );
  }
}

const backingFormat = ({ format, encryption }: NonNullable<NewImage["backing"]>): string =>
  format === "raw" && encryption !== undefined ? "luks" : format;

function luksProps({ encryption, keySecret }: NewImage): Props {
  const { cipher, ivgen } = encryption ?? {};
  const algorithm = cipher && (cipher.size ? `${cipher.name}-${cipher.size}` : cipher.name);
  return {
    "key-secret": keySecret,
    "cipher-alg": algorithm,
    "cipher-mode": cipher?.mode,
    "hash-alg": cipher?.hash,
    "ivgen-alg": ivgen?.name,
    "ivgen-hash-alg": ivgen?.hash,
  };
}
