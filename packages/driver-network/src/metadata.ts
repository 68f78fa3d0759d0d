import { NetworkMetadataType } from "@libvirt-ts/api";
import type { NetworkDef } from "@libvirt-ts/conf/network";
import { ErrorCode, ErrorDomain, invalidArg, VirError } from "@libvirt-ts/errors";
import { formatTree, parseXml, type XmlElement } from "@libvirt-ts/xml";

const notPresent = () =>
  new VirError(
    ErrorDomain.NETWORK,
    ErrorCode.NO_NETWORK_METADATA,
    "Requested metadata element is not present",
  );

/** @param uri of the namespace wanted, for type ELEMENT */
export function getMetadata(def: NetworkDef, type: number, uri: string | undefined): string {
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
export function setMetadata(def: NetworkDef, { type, text, key, uri }: MetadataChange): NetworkDef {
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
  const element = metadata?.children.find((child) => child.ns === uri);
  return element ? formatTree(withoutNamespace(element, element.ns)) : undefined;
}

/** The element as its owner wrote it: the namespace was only ours to tell it from others. */
function withoutNamespace(element: XmlElement, ns: string): XmlElement {
  const attrs = Object.fromEntries(
    Object.entries(element.attrs).filter(([name, value]) => !(name.startsWith("xmlns") && value === ns)),
  );
  return {
    ...element,
    ...(element.ns === ns && { prefix: "", ns: "" }),
    attrs,
    children: element.children.map((child) => withoutNamespace(child, ns)),
    content: element.content?.map((node) =>
      typeof node === "string" || "kind" in node ? node : withoutNamespace(node, ns),
    ),
  };
}

const emptyElement: XmlElement = {
  name: "metadata",
  prefix: "",
  ns: "",
  attrs: {},
  children: [],
  text: "",
  content: undefined,
  line: 0,
  column: 0,
};

function replaceElement(
  metadata: XmlElement | undefined,
  { value, key, uri }: { value: string | undefined; key: string | undefined; uri: string | undefined },
): XmlElement | undefined {
  const others = (metadata?.children ?? []).filter((child) => child.ns !== uri);
  const children = value === undefined ? others : [...others, inNamespace(value, key ?? "", uri ?? "")];
  return children.length === 0 ? undefined : { ...emptyElement, attrs: metadata?.attrs ?? {}, children };
}

function inNamespace(text: string, prefix: string, ns: string): XmlElement {
  const root = parseXml(text, { what: "metadata_xml" });
  const wrap = (element: XmlElement): XmlElement =>
    element.ns !== ""
      ? element
      : {
          ...element,
          prefix,
          ns,
          children: element.children.map(wrap),
          content: element.content?.map((node) =>
            typeof node === "string" || "kind" in node ? node : wrap(node),
          ),
        };
  return { ...wrap(root), prefix, ns, attrs: { [`xmlns:${prefix}`]: ns, ...root.attrs } };
}
