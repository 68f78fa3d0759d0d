import { DomainMetadataType as Type } from "@libvirt-ts/api";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { formatTree, ownChild, parseXml, replaceOwnChild } from "@libvirt-ts/xml";

/** @throws VirError INVALID_ARG for a kind of metadata that there is not */
export function requireMetadataType(type: number): void {
  if (!Object.values<number>(Type).includes(type)) throw unknownType(type);
}

/** @param uri of the namespace wanted, for type ELEMENT */
export function getMetadata(def: DomainDef, type: number, uri: string): string | undefined {
  switch (type) {
    case Type.DESCRIPTION:
      return def.description;
    case Type.TITLE:
      return def.title;
    case Type.ELEMENT: {
      const found = ownChild(def.metadata, uri);
      return found && formatTree(found);
    }
    default:
      throw unknownType(type);
  }
}

export interface NewMetadata {
  type: number;
  /** `null` removes what is there; so does an empty title or description. */
  text: string | null;
  /** Prefix of the namespace, for type ELEMENT. */
  key: string;
  uri: string;
}

/**
 * What makes the change in a definition.
 * @throws VirError XML_DETAIL for an element that is not well-formed, INVALID_ARG
 */
export function metadataChange({ type, text, key, uri }: NewMetadata): (def: DomainDef) => void {
  switch (type) {
    case Type.DESCRIPTION:
      return (def) => {
        def.description = text || undefined;
      };
    case Type.TITLE:
      if (text?.includes("\n")) throw badArgument("metadata title can't contain newlines");
      return (def) => {
        def.title = text || undefined;
      };
    case Type.ELEMENT: {
      if (uri === "") throw badArgument("uri in virDomainSetMetadata must not be NULL");
      if (text !== null && key === "") throw badArgument("key in virDomainSetMetadata must not be NULL");
      const child = text === null ? undefined : parseXml(text, { errorDomain: ErrorDomain.DOMAIN });
      return (def) => {
        if (!child && !def.metadata) return;
        def.metadata = replaceOwnChild(def.metadata, "metadata", { child, namespace: { prefix: key, uri } });
      };
    }
    default:
      throw unknownType(type);
  }
}

const unknownType = (type: number) =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, `unknown metadata type '${type}'`);

/** Complaints of the public API itself come without a heading. */
const badArgument = (message: string) =>
  new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, message, { message });
