import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { formatIp, parseNumericHost } from "@libvirt-ts/util/ip";
import {
  attr,
  child,
  element,
  type Infer,
  list,
  oneOf,
  onOff,
  positive,
  refusing,
  type Scalar,
  str,
  strictly,
  uint,
  yesNo,
} from "@libvirt-ts/xml";
import { ipText } from "../../network/scalars.ts";
import { absPath, cleanAbsPath, deviceName, ip, ipPrefix, ncName, nonZero, portNumber } from "../../types.ts";
import { invalidArgument, unsupported, xmlDetail, xmlError } from "../errors.ts";
import { virtioOptions } from "../virtio.ts";
import { attrOneOf, known } from "../words.ts";

const Guest = {
  tso4: attr("tso4", onOff),
  tso6: attr("tso6", onOff),
  ecn: attr("ecn", onOff),
  ufo: attr("ufo", onOff),
};
const hostDrivers: readonly string[] = ["kvm", "vfio", "xen"];
const netBackends = oneOf(["qemu", "vhost"]);
/** Of a card handed through `<driver>` names what serves it on the host; that is read apart. */
const netBackend: Scalar<"qemu" | "vhost" | undefined> = {
  ...netBackends,
  parse: (text, from, name) => (hostDrivers.includes(text) ? undefined : netBackends.parse(text, from, name)),
  format: (value) => value,
};

/** How the host serves a card. */
export const NetDriver = element("driver", {
  name: attr("name", netBackend),
  txmode: attrOneOf("txmode", ["iothread", "timer"]),
  ioeventfd: attr("ioeventfd", onOff),
  eventIdx: attr("event_idx", onOff),
  queues: attr("queues", positive),
  rxQueueSize: attr("rx_queue_size", nonZero(uint)),
  txQueueSize: attr("tx_queue_size", nonZero(uint)),
  rss: attr("rss", onOff),
  rssHashReport: attr("rss_hash_report", onOff),
  ...virtioOptions,
  host: child(
    element("host", {
      csum: attr("csum", onOff),
      gso: attr("gso", onOff),
      ...Guest,
      mrgRxbuf: attr("mrg_rxbuf", onOff),
    }),
  ),
  guest: child(element("guest", { csum: attr("csum", onOff), ...Guest })),
});

export type NetDriver = Infer<typeof NetDriver>;

/** Who carries the packets on the host. */
export const NetBackend = element("backend", {
  type: attrOneOf("type", ["default", "passt"], { omit: "default" }),
  tap: attr("tap", cleanAbsPath),
  vhost: attr("vhost", cleanAbsPath),
  logFile: attr("logFile", absPath),
  hostname: attr("hostname", str),
  fqdn: attr("fqdn", str),
});

/** An address of the interface, inside the guest or at its host end. */
export const InterfaceIp = element(
  "ip",
  {
    address: attr("address", ip, {
      required: true,
      missing: () => xmlError("Missing required address in <ip>"),
    }),
    family: attr("family", known(oneOf(["ipv4", "ipv6"]))),
    prefix: attr(
      "prefix",
      ipPrefix(refusing(uint, (text) => xmlError(`Invalid prefix value '${text}' in <ip>`))),
      {
        omit: 0,
      },
    ),
    peer: attr("peer", ip),
  },
  {
    read(ip) {
      const { address, peer, prefix = 0 } = ip;
      const found = parseNumericHost(address, ip.family);
      if (!found) throw xmlError(`Invalid address '${address}' in <ip>`);
      ip.family = found.family;
      ip.address = formatIp(found);
      if (prefix > (found.family === "ipv6" ? 128 : 32))
        throw xmlError(`Invalid prefix value '${prefix}' in <ip>`);
      if (peer === undefined) return;
      const other = parseNumericHost(peer, found.family);
      if (!other) throw invalidArgument(`Invalid peer '${peer}' in <ip>`);
      ip.peer = formatIp(other);
    },
  },
);

const PortRange = element(
  "range",
  {
    start: attr("start", portNumber(positive), { strict: { required: true } }),
    end: attr("end", portNumber(positive)),
    to: attr("to", portNumber(positive)),
    exclude: attr("exclude", yesNo),
  },
  {
    read({ start, end, to, exclude }) {
      if (start === undefined && (end ?? to ?? exclude) !== undefined)
        throw unsupported(
          "The 'range' of a 'portForward' requires 'start' attribute if 'end', 'to', or 'exclude' is specified",
        );
    },
  },
);
const forwardAddress = ipText((text) => xmlError(`Invalid address '${text}' in <portForward>`));
/** Ports of the host that lead to ones of the guest. */
export const PortForward = element("portForward", {
  proto: attrOneOf("proto", ["tcp", "udp"], { required: true }),
  address: attr("address", forwardAddress),
  dev: attr("dev", deviceName),
  ranges: list(PortRange),
});

/** Rules packets are held to, with what they are filled in with. */
export const Filterref = element("filterref", {
  filter: attr("filter", ncName, { required: true }),
  parameters: list(
    element("parameter", {
      name: attr("name", strictly(str, /[a-zA-Z0-9_]+/, "letters, digits or '_'"), { required: true }),
      value: attr("value", strictly(str, /[a-zA-Z0-9_.:]+/, "letters, digits, '_', '.' or ':'"), {
        required: true,
      }),
    }),
  ),
});

const mostFrames = 0xffffffff;
const frameCount: Scalar<number> = {
  ...uint,
  parse(text) {
    const value = /^\s*\+?\d+$/.test(text) ? BigInt(text.trim()) : undefined;
    if (value === undefined || value >> 64n)
      throw xmlDetail(`cannot parse value '${text}' for coalesce parameter`);
    if (value > mostFrames)
      throw new VirError(
        ErrorDomain.DOMAIN,
        ErrorCode.OVERFLOW,
        `value '${text}' is too big for coalesce parameter, maximum is '${mostFrames}'`,
      );
    return Number(value);
  },
};

/** How many packets the host gathers before it tells. */
export const Coalesce = element("coalesce", {
  rx: child(
    element("rx", {
      frames: child(element("frames", { max: attr("max", frameCount, { emptyIsAbsent: true, omit: 0 }) })),
    }),
  ),
});
