import {
  attr,
  type Context,
  custom,
  element,
  type Infer,
  int,
  list,
  oneOf,
  type Scalar,
  str,
  type XmlElement,
  type XmlWriter,
  yesNo,
} from "@libvirt-ts/xml";
import { internalError } from "./errors.ts";
import {
  attributesOf,
  type FilterProtocol,
  isFilterProtocol,
  type MatchAttribute,
  protocols,
} from "./protocols.ts";
import { ipProtocols, type MatchValue } from "./values.ts";

export const ruleActions = ["drop", "accept", "reject", "return", "continue"] as const;
export const ruleDirections = ["in", "out", "inout"] as const;

/** Rules and chains are gone through from the lowest number up, within these bounds. */
export const priorityLimit = 1000;
const defaultPriority = 500;

/** One thing a rule asks of a packet. */
export interface Condition {
  value: MatchValue;
  isNegated: boolean;
}

/** What packets a rule is about: conditions by attribute name, all of which must hold. */
export interface Matches {
  protocol: FilterProtocol;
  conditions: { [attribute: string]: Condition };
}

/** A number out of bounds counts as none. */
const priority: Scalar<number> = {
  strict: {
    test: (text: string) => /^\s*-?\d+\s*$/.test(text) && Math.abs(Number(text)) <= priorityLimit,
    expected: `a number from ${-priorityLimit} to ${priorityLimit}`,
  },
  parse(text, ...place) {
    const value = int.parse(text, ...place);
    return Math.abs(value) <= priorityLimit ? value : defaultPriority;
  },
  format: String,
};

/** `false` is the only thing to say: connections need not be in a state that allows the packet. */
const statematch = {
  parse: (text: string): boolean => !/^(?:false|0)$/i.test(text),
  format: (value: boolean) => (value ? undefined : "false"),
};

/** An element of a rule as valid documents have it: each attribute is a constant that makes sense, or a variable. */
const protocolElement = (protocol: string, known: { readonly [name: string]: MatchAttribute }) =>
  element(protocol, {
    match: attr("match", yesNo),
    ipset: attr("ipset", str),
    ipsetflags: attr("ipsetflags", str),
    ...Object.fromEntries(
      Object.entries(known).map(([name, { type }]) => [
        name,
        attr(name, {
          ...str,
          strict: { test: (text) => type.parse(text) !== undefined, expected: `what '${name}' can be` },
        }),
      ]),
    ),
  });

/**
 * All elements of the protocol named first make up one rule. Attributes of elements with `match='no'`
 * are negated.
 */
const matches = custom<Matches>({
  tags: Object.keys(protocols),
  like: Object.fromEntries(
    Object.entries(protocols).map(([protocol, known]) => [protocol, list(protocolElement(protocol, known))]),
  ),
  parse(from, context) {
    const protocol = from.children.map(({ name }) => name).find(isFilterProtocol);
    if (protocol === undefined) return undefined;
    const found: Matches = { protocol, conditions: {} };
    for (const each of from.children) if (each.name === protocol) readConditions(each, found, context);
    followSigns(found);
    return found;
  },
  formatBody({ protocol, conditions }, writer) {
    const all = Object.entries(conditions);
    const wanted = all.filter(([, { isNegated }]) => !isNegated);
    const unwanted = all.filter(([, { isNegated }]) => isNegated);
    if (wanted.length > 0 || unwanted.length === 0) writeConditions(protocol, wanted, writer);
    if (unwanted.length > 0) writeConditions(protocol, unwanted, writer);
  },
});

function readConditions(from: XmlElement, { protocol, conditions }: Matches, context: Context): void {
  const isNegated = from.attrs.match === "no";
  const known = attributesOf(protocol);
  if (context.unknown) {
    for (const name in from.attrs) if (name !== "match" && !known[name]) context.unknown(from, name);
    for (const each of from.children) context.unknown(each);
  }
  let illegal: string | undefined;
  for (const [name, { type }] of Object.entries(known)) {
    const written = from.attrs[name];
    if (written === undefined) continue;
    const value = type.parse(written);
    if (value === undefined) illegal = name;
    else conditions[name] = { value, isNegated };
  }
  // The last one is told.
  if (illegal !== undefined) throw internalError(`${illegal} has illegal value ${from.attrs[illegal]}`);
  checkPorts({ protocol, conditions });
}

const withPorts: ReadonlySet<number> = new Set([ipProtocols.tcp, ipProtocols.udp, 33, ipProtocols.sctp]);

/** ebtables looks at ports only behind the number of a protocol that has them. */
function checkPorts({ protocol, conditions }: Matches): void {
  if (protocol !== "ip" && protocol !== "ipv6") return;
  const hasPorts = Object.keys(conditions).some((name) => /^(?:src|dst)port/.test(name));
  const value = conditions.protocol?.value;
  const isKnown = value !== undefined && (!("number" in value) || withPorts.has(value.number));
  if (hasPorts && !isKnown) {
    const family = protocol === "ip" ? "IP" : "IPv6";
    throw internalError(
      `${family} rule with port specification requires protocol specification with protocol to be either one of tcp(6), udp(17), dccp(33), or sctp(132)`,
    );
  }
}

function followSigns({ protocol, conditions }: Matches): void {
  for (const [name, { follows }] of Object.entries(attributesOf(protocol))) {
    const condition = conditions[name];
    if (condition && follows !== undefined) {
      condition.isNegated = conditions[follows]?.isNegated ?? false;
    }
  }
}

function writeConditions(
  protocol: FilterProtocol,
  conditions: readonly [name: string, Condition][],
  writer: XmlWriter,
): void {
  writer.open(protocol);
  if (conditions.some(([, { isNegated }]) => isNegated)) writer.attr("match", "no");
  const given = new Map(conditions);
  for (const [name, { type }] of Object.entries(attributesOf(protocol))) {
    const condition = given.get(name);
    if (condition) writer.attr(name, type.format(condition.value));
  }
  writer.close(protocol);
}

/** `<rule>`: what is done with packets that match. */
export const Rule = element(
  "rule",
  {
    action: attr("action", oneOf(ruleActions), { required: true }),
    direction: attr("direction", oneOf(ruleDirections), { required: true }),
    priority: attr("priority", priority, { default: defaultPriority }),
    statematch: attr("statematch", statematch),
    matches,
  },
  {
    rule: (rule) => (rule.children.length > 1 ? "<rule> holds at most one element" : undefined),
  },
);
export type Rule = Infer<typeof Rule>;
