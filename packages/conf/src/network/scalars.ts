import { formatIp, parseIp } from "@libvirt-ts/util/ip";
import { isMulticastMac, parseMac } from "@libvirt-ts/util/mac";
import { formatUuid, parseUuid, type Uuid } from "@libvirt-ts/util/uuid";
import { type Scalar, xmlError } from "@libvirt-ts/xml";
import { ip, strictUnicastMac, strictUuid } from "../types.ts";

const same = (value: string): string => value;

/** A numeric IP address, kept as canonical text. */
export const ipText: Scalar<string> = {
  ...ip,
  parse(text, element, attr) {
    const address = parseIp(text);
    if (!address)
      throw xmlError(`Invalid IP address '${text}' in attribute '${attr}' of element '${element.name}'`);
    return formatIp(address);
  },
  format: same,
};

/** A MAC address of one station (not a group), kept as canonical text. */
export const unicastMac: Scalar<string> = strictUnicastMac({
  parse(text, element) {
    const mac = parseMac(text);
    if (!mac) throw xmlError(`Cannot parse MAC address '${text}' in element '${element.name}'`);
    if (isMulticastMac(mac)) {
      throw xmlError(`expected unicast mac address, found multicast '${text}' in element '${element.name}'`);
    }
    return mac;
  },
  format: same,
});

/** A UUID, kept as canonical text. */
export const uuidText: Scalar<Uuid> = strictUuid({
  parse(text, element) {
    const bytes = parseUuid(text);
    if (!bytes) throw xmlError(`malformed uuid element '${text}' in element '${element.name}'`);
    return formatUuid(bytes);
  },
  format: same,
});
