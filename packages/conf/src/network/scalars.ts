import { ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";
import { formatIp, type IpAddress, parseNumericHost } from "@libvirt-ts/util/ip";
import { isMulticastMac, parseMac } from "@libvirt-ts/util/mac";
import { formatUuid, parseUuid, type Uuid } from "@libvirt-ts/util/uuid";
import { type Refusal, type Scalar, yesNo } from "@libvirt-ts/xml";
import { ip, strictUnicastMac, strictUuid } from "../types.ts";

declare module "@libvirt-ts/xml" {
  interface Context {
    /** The network that is read: its errors name it. */
    readonly networkName?: string;
  }
}

/** `yes` in any case; whatever else is written means no. */
export const yesOrElse: Scalar<boolean> = { ...yesNo, parse: (text) => text.toLowerCase() === "yes" };

const same = (value: string): string => value;

/** "Cannot parse socket address 'TEXT'" */
const noSocketAddress: Refusal = (text) =>
  new VirError(
    ErrorDomain.NONE,
    ErrorCode.SYSTEM_ERROR,
    `Cannot parse socket address '${text}': Name or service not known`,
  );

/** A numeric IP address, kept as canonical text. */
export const ipText = (refuse: Refusal = noSocketAddress, family?: IpAddress["family"]): Scalar<string> => ({
  ...ip,
  parse(text, _element, _attr, context = {}) {
    const address = parseNumericHost(text, family);
    if (!address) throw refuse(text, context);
    return formatIp(address);
  },
  format: same,
});

/**
 * The MAC address of one station (not of a group).
 * @param bad what refuses anything else
 * @param keep the spelling of the document stays
 */
export const stationMac = (
  bad: { readonly form: Refusal; readonly group: Refusal },
  { keep = false }: { readonly keep?: boolean } = {},
): Scalar<string> =>
  strictUnicastMac({
    parse(text, _element, _attr, context = {}) {
      const mac = parseMac(text);
      if (!mac) throw bad.form(text, context);
      if (isMulticastMac(mac)) throw bad.group(text, context);
      return keep ? text : mac;
    },
    format: same,
  });

/** A UUID, kept as canonical text. */
export const uuidText: Scalar<Uuid> = strictUuid({
  parse(text) {
    const bytes = parseUuid(text);
    if (!bytes) throw internal(ErrorDomain.NETWORK, "malformed uuid element");
    return formatUuid(bytes);
  },
  format: same,
});
