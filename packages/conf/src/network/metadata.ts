import { NetworkMetadataType } from "@libvirt-ts/api";
import { ErrorCode, ErrorDomain, invalidArg, VirError } from "@libvirt-ts/errors";
import { formatTree, ownChild, parseXml, replaceOwnChild } from "@libvirt-ts/xml";
import type { NetworkDef } from "./network.ts";

const notPresent = () =>
  new VirError(
    ErrorDomain.NETWORK,
    ErrorCode.NO_NETWORK_METADATA,
    "Requested metadata element is not present",
  );

/** @param uri of the namespace wanted, for type ELEMENT */
export function getNetworkMetadata(def: NetworkDef, type: number, uri: string | undefined): string {
  const text =
    type === NetworkMetadataType.DESCRIPTION
      ? def.description
      : type === NetworkMetadataType.TITLE
        ? def.title
        : type === NetworkMetadataType.ELEMENT
          ? elementText(def, uri)
          : unknownType(type);
  if (text === undefined) throw notPresent();
  return text;
}

export interface MetadataChange {
  type: number;
  /** Absent or empty removes what is there. */
  text: string | undefined;
  /** Prefix and URI of the namespace, for type ELEMENT. */
  key: string | undefined;
  uri: string | undefined;
}

/** A copy with the change made. */
export function setNetworkMetadata(def: NetworkDef, { type, text, key, uri }: MetadataChange): NetworkDef {
  const value = text === "" ? undefined : text;
  switch (type) {
    case NetworkMetadataType.DESCRIPTION:
      return { ...def, description: value };
    case NetworkMetadataType.TITLE:
      if (value?.includes("\n"))
        throw invalidArg(ErrorDomain.NETWORK, "metadata title can't contain newlines");
      return { ...def, title: value };
    case NetworkMetadataType.ELEMENT:
      return { ...def, metadata: replaceElement(def.metadata, { value, key, uri }) };
    default:
      return unknownType(type);
  }
}

function unknownType(type: number): never {
  throw invalidArg(ErrorDomain.NETWORK, `unknown metadata type ${type}`);
}

function elementText({ metadata }: NetworkDef, uri: string | undefined): string | undefined {
  const element = uri === undefined ? undefined : ownChild(metadata, uri);
  return element && formatTree(element);
}

function replaceElement(
  metadata: NetworkDef["metadata"],
  {
    value,
    key = "",
    uri = "",
  }: { value: string | undefined; key: string | undefined; uri: string | undefined },
): NetworkDef["metadata"] {
  const child = value === undefined ? undefined : parseXml(value);
  const replaced = replaceOwnChild(metadata, "metadata", { child, namespace: { prefix: key, uri } });
  return replaced.children.length === 0 ? undefined : replaced;
}
