import { parseMac } from "@libvirt-ts/util/mac";
import { formatUuid, parseUuid, type Uuid } from "@libvirt-ts/util/uuid";
import {
  attrOf,
  child,
  element,
  type Infer,
  leaf,
  parseXml,
  str,
  type XmlElement,
  XmlWriter,
  xmlError,
} from "@libvirt-ts/xml";
import { internalError } from "./errors.ts";
import { FilterRef } from "./filter-ref.ts";

const lacks = (what: string) => internalError(`filter binding has no ${what}`);

const mac = {
  parse(text: string): string {
    const address = parseMac(text);
    if (address === undefined) throw internalError(`Unable to parse MAC '${text}'`);
    return address;
  },
  format: (value: string) => value,
};
const uuid = {
  parse(text: string): Uuid {
    const bytes = parseUuid(text);
    if (!bytes) throw internalError(`Unable to parse UUID '${text}'`);
    return formatUuid(bytes);
  },
  format: (value: Uuid) => value,
};

export const BindingSyntax = element("filterbinding", {
  owner: child(
    element("owner", {
      name: leaf("name", str, { required: true, missing: () => lacks("owner name") }),
      uuid: leaf("uuid", uuid, { required: true, missing: () => lacks("owner UUID") }),
    }),
    { joins: true, required: true, missing: () => lacks("owner name") },
  ),
  portdev: attrOf("portdev", "name", str, { emptyIsAbsent: true }),
  linkdev: attrOf("linkdev", "name", str),
  mac: attrOf("mac", "address", mac, { emptyIsAbsent: true }),
  filterref: child(FilterRef),
});

/** Which filter guards which interface of which guest. */
export type NwfilterBindingDef = Infer<typeof BindingSyntax> & {
  portdev: string;
  mac: string;
  filterref: FilterRef;
};

/** Reads `<filterbinding>`. @throws VirError */
export function parseNwfilterBinding(text: string): NwfilterBindingDef {
  return readNwfilterBinding(parseXml(text));
}

function readNwfilterBinding(root: XmlElement): NwfilterBindingDef {
  if (root.name !== "filterbinding") {
    throw xmlError(`expecting root element of 'filterbinding', not '${root.name}'`);
  }
  for (const each of root.children) {
    if (each.name === "filterref" && !each.attrs.filter) throw lacks("filter reference");
  }
  const syntax = BindingSyntax.parse(root, {});
  const { portdev, filterref } = syntax;
  if (portdev === undefined) throw lacks("port dev name");
  if (syntax.mac === undefined) throw lacks("MAC address");
  if (!filterref) throw lacks("filter reference");
  return { ...syntax, portdev, mac: syntax.mac, filterref };
}

/** The text of a binding, with a final newline. */
export function formatNwfilterBinding(def: NwfilterBindingDef): string {
  const writer = new XmlWriter();
  BindingSyntax.format(def, writer, {});
  return writer.toString();
}
