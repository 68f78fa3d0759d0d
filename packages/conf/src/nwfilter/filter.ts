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
    if (!/^[a-zA-Z0-9_.:-]*$/.test(text)) throw invalidArgument("Chain name contains invalid characters");
    if (text !== "root" && chainPrefix(text) === undefined) {
      const known = Object.keys(chainPriorities).join(", ");
      throw invalidArgument(
        `Invalid chain name '${text}'. Please use a chain name called 'root' or any of the following prefixes: ${known}`,
      );
    }
    return text;
  },
  format: (value: string) => value,
};

const chainPrefix = (name: string) => Object.keys(chainPriorities).find((prefix) => name.startsWith(prefix));

const priority = {
  parse(text: string): number {
    const value = /^\s*[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(Math.abs(value) <= 0x7fffffff)) throw invalidArgument(`Could not parse chain priority '${text}'`);
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
  name: attr("name", name, {
    required: true,
    emptyIsAbsent: true,
    missing: () => internalError("filter has no name"),
  }),
  chain: attr("chain", chain, { default: "root", emptyIsAbsent: true }),
  priority: attr("priority", priority, { omit: 0, emptyIsAbsent: true }),
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
    // A place without a chain is none.
    priority: root.attrs.chain ? (syntax.priority ?? defaultPriority(syntax.chain)) : 0,
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
