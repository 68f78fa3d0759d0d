import { attr, child, element, leaf, list, oneOf, type Scalar, str, uint } from "@libvirt-ts/xml";
import { internalError, nodedevError, unsupported } from "./errors.ts";
import { nested, word } from "./fields.ts";

/** What a card can do by itself, in the order it is told. */
export const netFeatures = [
  "rx",
  "tx",
  "sg",
  "tso",
  "ufo",
  "gso",
  "gro",
  "lro",
  "rxvlan",
  "txvlan",
  "ntuple",
  "rxhash",
  "rdma",
  "txudptnl",
  "switchdev",
] as const;
const feature: Scalar<(typeof netFeatures)[number]> = {
  words: netFeatures,
  parse(text) {
    const found = netFeatures.find((each) => each === text);
    if (found === undefined) throw nodedevError(`unknown network device feature '${text}'`);
    return found;
  },
  format: (value) => value,
};

const linkTypes = ["80203", "80211"] as const;
const LinkType = element("capability", { type: attr("type", oneOf(linkTypes), { required: true }) });

/** A network card. */
export const net = {
  interface: word("interface", (device) => internalError(`no network interface supplied for '${device}'`)),
  address: leaf("address", str),
  link: child(
    element("link", {
      speed: attr("speed", uint, { omit: 0 }),
      state: attr(
        "state",
        oneOf(["unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"]),
      ),
    }),
  ),
  features: list(
    element("feature", {
      name: attr("name", feature, {
        required: true,
        missing: () => nodedevError("missing network device feature name"),
      }),
    }),
  ),
  /** Ethernet or wireless. */
  extras: nested(LinkType, linkTypes, {
    single: true,
    unknown: (device) => unsupported(`invalid network type supplied for '${device}'`),
  }),
};
