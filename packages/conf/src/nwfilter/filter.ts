import { formatUuid, parseUuid, randomUuid, type Uuid } from "@libvirt-ts/util/uuid";
import {
  attr,
  type Context,
  custom,
  element,
  type Infer,
  leaf,
  list,
  parseXml,
  str,
  type XmlElement,
  XmlWriter,
  xmlError,
} from "@libvirt-ts/xml";
import { internalError, invalidArgument, nwfilterXmlError } from "./errors.ts";
import { FilterRef } from "./filter-ref.ts";
import { priorityLimit, Rule } from "./rule.ts";

/** What a filter consists of, in order. */
export type FilterEntry = { kind: "rule"; rule: Rule } | { kind: "filterref"; filterref: FilterRef };

const entries = custom<FilterEntry[]>({
  tags: ["rule", "filterref"],
  like: { rules: list(Rule), references: list(FilterRef) },
  parse: (from, context) => from.children.flatMap((each) => readEntry(each, context) ?? []),
  formatBody(all, writer, context) {
    for (const each of all) {
      if (each.kind === "rule") Rule.format(each.rule, writer, context);
      else FilterRef.format(each.filterref, writer, context);
    }
  },
});

function readEntry(from: XmlElement, context: Context): FilterEntry | undefined {
  if (from.ns !== "") return undefined;
  if (from.name === "rule") return { kind: "rule", rule: Rule.parse(from, context) };
  if (from.name !== "filterref") return undefined;
  // A reference that names no filter is taken for a rule, and fails as one.
  if (from.attrs.filter === undefined) throw internalError("rule node requires action attribute");
  return { kind: "filterref", filterref: FilterRef.parse(from, context) };
}

const uuid = {
  parse(text: string): Uuid {
    const bytes = parseUuid(text);
    if (!bytes) throw nwfilterXmlError("malformed uuid element");
    return formatUuid(bytes);
  },
  format: (value: Uuid) => value,
};

/** Where a chain stands by its name; those made by users start with one of these. */
const chainPriorities = {
  mac: -800,
  vlan: -750,
  stp: 0,
  arp: -500,
  rarp: -400,
  ipv4: -700,
  ipv6: -600,
} as const;
const longestChain = 12;

const chain = {
  parse(text: string): string {
    if (text.length > longestChain)
      throw invalidArgument(`Name of chain is longer than ${longestChain} characters`);
    if (text !== "root" && chainPrefix(text) === undefined) {
      const known = Object.keys(chainPriorities).join(", ");
      throw invalidArgument(
        `Invalid chain name '${text}'. Please use a chain name called 'root' or any of the following prefixes: ${known}`,
      );
    }
    if (!/^[a-zA-Z0-9_.:-]*$/.test(text)) throw invalidArgument("Chain name contains invalid characters");
    return text;
  },
  format: (value: string) => value,
};

const chainPrefix = (name: string) => Object.keys(chainPriorities).find((prefix) => name.startsWith(prefix));

const priority = {
  parse(text: string): number {
    if (!/^\s*[+-]?\d+$/.test(text)) throw invalidArgument(`Could not parse chain priority '${text}'`);
    const value = Number(text);
    if (Math.abs(value) > priorityLimit) {
      throw invalidArgument(
        `Priority '${value}' is outside valid range of [${-priorityLimit},${priorityLimit}]`,
      );
    }
    return value;
  },
  format: String,
};

/** differs: libvirt takes any name, and writes a file of that name. */
const name = {
  ...str,
  parse(text: string): string {
    if (text.includes("/")) throw nwfilterXmlError("invalid char in name: '/'");
    return text;
  },
};

export const FilterSyntax = element("filter", {
  name: attr("name", name, { required: true, missing: () => internalError("filter has no name") }),
  chain: attr("chain", chain, { default: "root" }),
  priority: attr("priority", priority, { omit: 0 }),
  uuid: leaf("uuid", uuid),
  entries,
});

/** A filter: always with a UUID and a place among the others. */
export type NwfilterDef = Infer<typeof FilterSyntax> & {
  uuid: Uuid;
  priority: number;
  entries: FilterEntry[];
};

/** Reads `<filter>`; one without UUID gets a new one. @throws VirError */
export function parseNwfilter(text: string, newUuid: () => Uuid = randomUuid): NwfilterDef {
  return readNwfilter(parseXml(text), newUuid);
}

function readNwfilter(root: XmlElement, newUuid: () => Uuid): NwfilterDef {
  if (root.name !== "filter") {
    throw xmlError(`expecting root element of 'filter', not '${root.name}'`);
  }
  const syntax = FilterSyntax.parse(root, {});
  return {
    ...syntax,
    uuid: syntax.uuid ?? newUuid(),
    priority: syntax.priority ?? defaultPriority(syntax.chain),
    entries: syntax.entries ?? [],
  };
}

function defaultPriority(name: string): number {
  for (const [prefix, value] of Object.entries(chainPriorities)) if (name.startsWith(prefix)) return value;
  return 0;
}

/** The text of a filter, with a final newline. */
export function formatNwfilter(def: NwfilterDef): string {
  const writer = new XmlWriter();
  FilterSyntax.format(def, writer, {});
  return writer.toString();
}
