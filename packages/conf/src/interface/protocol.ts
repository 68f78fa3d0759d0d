import {
  attr,
  attrOf,
  child,
  element,
  flag,
  type Infer,
  intAnyBase,
  list,
  str,
  yesNo,
} from "@libvirt-ts/xml";
import { interfaceError } from "./errors.ts";

const families = ["ipv4", "ipv6"] as const;

const family = {
  words: families,
  parse(text: string): (typeof families)[number] {
    const found = families.find((word) => word === text);
    if (found === undefined) throw interfaceError(`unsupported protocol family '${text}'`);
    return found;
  },
  format: (value: string) => value,
};

/** An address as it is written; `prefix` 0 is none. */
const ProtocolIp = element("ip", {
  address: attr("address", str),
  prefix: attr("prefix", intAnyBase, { omit: 0 }),
});

/** `<protocol>`: how an interface gets its addresses of one family. */
export const Protocol = element(
  "protocol",
  {
    family: attr("family", family, {
      required: true,
      missing: () => interfaceError("protocol misses the family attribute"),
    }),
    autoconf: flag("autoconf"),
    dhcp: child(element("dhcp", { peerdns: attr("peerdns", yesNo) }, { keepEmpty: true })),
    ips: list(ProtocolIp),
    gateway: attrOf("route", "gateway", str, { emptyIsAbsent: true }),
  },
  {
    endTag: true,
    read(protocol) {
      if (protocol.family === "ipv4") delete protocol.autoconf;
      protocol.ips = protocol.ips.filter(({ address }) => address !== undefined);
    },
  },
);
export type Protocol = Infer<typeof Protocol>;
