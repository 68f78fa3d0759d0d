import {
  attr,
  type Context,
  child,
  childrenNamed,
  element,
  type Infer,
  list,
  oneOf,
  refusing,
  str,
  uint,
  type XmlElement,
  yesNo,
} from "@libvirt-ts/xml";
import { checkPciNumbers, pciNumbers } from "../domain/address.ts";
import { networkDetail, networkError, unsupported } from "./errors.ts";
import { connections, PciDriver } from "./parts.ts";
import { rangeSize } from "./range.ts";
import { ipText, yesOrElse } from "./scalars.ts";

/** How guests reach the world; without `<forward>` they do not. */
export const forwardModes = [
  "nat",
  "route",
  "open",
  "bridge",
  "private",
  "vepa",
  "passthrough",
  "hostdev",
] as const;
export type ForwardMode = (typeof forwardModes)[number];

const needs = (what: (network: string) => string) => ({
  required: true as const,
  missing: (_from: XmlElement, { networkName = "" }: Context) => networkError(what(networkName)),
});

function refuseSecond(from: XmlElement, tag: string, where: string): void {
  if (childrenNamed(from, tag).length > 1)
    throw networkError(`Only one <${tag}> element is allowed in ${where}`);
}

/** One end of the addresses packets leave with. */
const natAddress = (end: "start" | "end") =>
  attr(
    end,
    ipText(
      (text, { networkName }) =>
        networkError(`Bad ipv4 ${end} address '${text}' in <nat> in <forward> in network '${networkName}'`),
      "ipv4",
    ),
    needs(
      (name) => `missing '${end}' attribute in <address> element in <nat> in <forward> in network ${name}`,
    ),
  );

const badPort = (end: "start" | "end", { networkName }: Context) =>
  networkDetail(
    `Missing or invalid '${end}' attribute in <port> in <nat> in <forward> in network ${networkName}`,
  );
/** One end of the ports packets leave with. */
const natPort = (end: "start" | "end") =>
  attr(
    end,
    refusing(uint, (_text, context) => badPort(end, context)),
    { required: true, missing: (_from, context) => badPort(end, context) },
  );

const Nat = element(
  "nat",
  {
    ipv6: attr("ipv6", yesNo),
    address: child(
      element(
        "address",
        { start: natAddress("start"), end: natAddress("end") },
        {
          read: (ends) => void rangeSize(ends),
        },
      ),
    ),
    port: child(
      element(
        "port",
        { start: natPort("start"), end: natPort("end") },
        {
          read({ start, end }, _from, context) {
            if (start > 65535) throw badPort("start", context);
            if (end > 65535 || end < start) throw badPort("end", context);
          },
        },
      ),
    ),
  },
  {
    read(nat, from, { networkName }) {
      for (const tag of ["address", "port"])
        refuseSecond(from, tag, `<nat> in <forward> in network ${networkName}`);
      // Ports 0 to 0 are no choice.
      if (nat.port?.end === 0) delete nat.port;
    },
  },
);

export const ForwardInterface = element("interface", {
  dev: attr(
    "dev",
    str,
    needs((name) => `Missing required dev attribute in <forward> <interface> element of network ${name}`),
  ),
  connections,
});
export type ForwardInterface = Infer<typeof ForwardInterface>;

const PhysicalFunction = element("pf", {
  dev: attr(
    "dev",
    str,
    needs((name) => `Missing required dev attribute in <pf> element of network '${name}'`),
  ),
  connections,
});

const ForwardAddress = element(
  "address",
  {
    type: attr(
      "type",
      oneOf(["pci"], (text, { networkName }) =>
        unsupported(`unknown address type '${text}' in network ${networkName}`),
      ),
      needs((name) => `missing address type in network ${name}`),
    ),
    ...pciNumbers,
    connections,
  },
  { read: checkPciNumbers },
);
export type ForwardAddress = Infer<typeof ForwardAddress>;

/**
 * `<forward>`. The attribute `dev` is another way to write the first `<interface>`: it is read into
 * `interfaces` and shown from there.
 */
export const Forward = element(
  "forward",
  {
    dev: attr("dev", str, { emptyIsAbsent: true }),
    mode: attr(
      "mode",
      oneOf(forwardModes, (text) => unsupported(`unknown forwarding type '${text}'`)),
      { default: "nat", emptyIsAbsent: true },
    ),
    /** Whether passed-through devices are taken from the host for as long as they are used. */
    managed: attr("managed", yesOrElse),
    driver: child(PciDriver),
    nat: child(Nat),
    pf: child(PhysicalFunction),
    interfaces: list(ForwardInterface),
    addresses: list(ForwardAddress),
  },
  {
    keepEmpty: true,
    read(forward, from, { networkName }) {
      for (const tag of ["nat", "pf"]) refuseSecond(from, tag, `<forward> of network ${networkName}`);
      const { dev, interfaces, addresses, pf } = forward;
      delete forward.dev;
      if (dev !== undefined) {
        if (addresses.length > 0 || pf)
          throw networkError(
            `the <forward> 'dev' attribute cannot be used when <address> or <pf> sub-elements are present in network ${networkName}`,
          );
        const first = interfaces[0];
        if (!first) interfaces.push({ dev });
        else if (first.dev !== dev) {
          throw networkError(
            `<forward dev='${dev}'> must match first <interface dev='${first.dev}'/> in network ${networkName}`,
          );
        }
      }
      keepOneKind(forward);
    },
    view(forward, context) {
      const { mode, managed = false, pf, interfaces } = forward;
      const shown = { ...forward, managed: mode === "hostdev" ? managed : undefined };
      if (!pf) return { ...shown, dev: interfaces[0]?.dev };
      // What a pool was filled with belongs to the running network.
      return context.inactive ? { ...shown, interfaces: [], addresses: [] } : shown;
    },
  },
);
export type Forward = Infer<typeof Forward>;

/** Devices are told in one way: by name, by address, or by what they are functions of. */
function keepOneKind(forward: { interfaces: unknown[]; addresses: unknown[]; pf?: unknown }): void {
  const { interfaces, addresses } = forward;
  if (interfaces.length > 0) addresses.length = 0;
  if (interfaces.length > 0 || addresses.length > 0) delete forward.pf;
}
