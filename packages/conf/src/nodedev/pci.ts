import {
  attr,
  child,
  custom,
  element,
  type Infer,
  int,
  leaf,
  list,
  oneOf,
  type Scalar,
  str,
  text,
  uint,
  uintAnyBase,
  variant,
} from "@libvirt-ts/xml";
import { checkPciNumbers, pciNumbers } from "../domain/address.ts";
import { internalError, nodedevError } from "./errors.ts";
import { base16, given, identity, nested, number, signed } from "./fields.ts";
import { mdevTypes } from "./mdev-types.ts";

const Address = element("address", pciNumbers, { read: checkPciNumbers });

const maxCount = {
  parse(written: string): number {
    if (!/^\s*\+?\d+$/.test(written) || Number(written) > 0xffffffff)
      throw nodedevError("Malformed 'maxCount' parameter");
    return Number(written);
  },
  format: (value: number) => (value === 0 ? undefined : String(value)),
};

/** A field of the vital product data, known by one character. */
const indexed = (tag: string) =>
  list(element(tag, { index: attr("index", str, { required: true }), value: text(str) }));

/** What a card says of itself: fixed, and what its owner may note down. */
const VpdFields = element("fields", {
  access: attr(
    "access",
    oneOf(["readonly", "readwrite"], (written) =>
      nodedevError(`Unsupported VPD field access type specified ${written}`),
    ),
    { required: true, missing: () => nodedevError("VPD fields access type parsing has failed") },
  ),
  $fields: variant("access", {
    readonly: {
      changeLevel: leaf("change_level", str),
      manufactureId: leaf("manufacture_id", str),
      partNumber: leaf("part_number", str),
      serialNumber: leaf("serial_number", str),
      vendorFields: indexed("vendor_field"),
    },
    readwrite: {
      assetTag: leaf("asset_tag", str),
      vendorFields: indexed("vendor_field"),
      systemFields: indexed("system_field"),
    },
  }),
});

const extraTypes = [
  "phys_function",
  "virt_functions",
  "pci-bridge",
  "cardbus-bridge",
  "mdev_types",
  "vpd",
] as const;

/** What a PCI function is beyond that. */
const PciExtra = element("capability", {
  type: attr("type", oneOf(extraTypes), { required: true }),
  $details: variant("type", {
    /** It is a virtual function of that one. */
    phys_function: {
      address: child(Address, {
        required: true,
        missing: () => nodedevError("Missing address in 'phys_function' capability"),
      }),
    },
    virt_functions: {
      maxCount: attr("maxCount", maxCount, { emptyIsAbsent: true }),
      addresses: list(Address),
    },
    "pci-bridge": {},
    "cardbus-bridge": {},
    mdev_types: mdevTypes,
    vpd: {
      name: leaf("name", str, {
        required: true,
        missing: () => nodedevError("Could not read a device name from the <name> element"),
      }),
      fields: list(VpdFields, { skip: ({ attrs }) => attrs.access === undefined }),
    },
  }),
});
export type PciExtra = Infer<typeof PciExtra>;

/** -1 is none. */
const port: Scalar<number> = { ...int, format: (value) => (value === -1 ? undefined : String(value)) };

const validities = ["cap", "sta"] as const;
const Link = element("link", {
  validity: attr("validity", oneOf(validities), { required: true }),
  port: attr("port", port),
  /** Gigatransfers a second. */
  speed: attr("speed", oneOf(["2.5", "5", "8", "16", "32", "64"]), { emptyIsAbsent: true }),
  width: attr("width", { ...uintAnyBase, format: signed }, { required: true }),
});

const pciClass = given<number>("class", {
  read: (written) => {
    const value = base16(written);
    return value !== undefined && value <= 0xffffff ? value : undefined;
  },
  write: (value) => `0x${value.toString(16).padStart(6, "0")}`,
  invalid: (device) => internalError(`invalid PCI class supplied for '${device}'`),
});

/** -1 is no node. */
const numaNode = custom<number>({
  tags: ["numa"],
  parse(from, { deviceName = "" }) {
    const written = from.children.find(({ name }) => name === "numa")?.attrs.node;
    if (written === undefined || written === "") return undefined;
    const node = /^\s*[+-]?\d+$/.test(written) ? Number(written) : Number.NaN;
    if (!(Math.abs(node) <= 0x7fffffff))
      throw internalError(`invalid NUMA node ID supplied for '${deviceName}'`);
    return node >= 0 ? node : undefined;
  },
  formatBody(value, writer) {
    writer.open("numa");
    writer.attr("node", String(value));
    writer.close("numa");
  },
});

/** `<link>`s of which neither what can be nor what is are told are passed over. */
const links = list(Link, { skip: ({ attrs }) => !validities.some((word) => word === attrs.validity) });

export const pci = {
  class: pciClass,
  domain: number("domain", "PCI domain ID", { write: signed }),
  bus: number("bus", "PCI bus ID"),
  slot: number("slot", "PCI slot ID"),
  function: number("function", "PCI function ID"),
  product: identity("product", "PCI product ID"),
  vendor: identity("vendor", "PCI vendor ID"),
  extras: nested(PciExtra, extraTypes, { missing: () => nodedevError("Missing capability type") }),
  iommuGroup: child(
    element("iommuGroup", {
      number: attr("number", { ...uint, format: signed }, { required: true }),
      addresses: list(Address),
    }),
  ),
  numaNode,
  express: child(
    element(
      "pci-express",
      { links },
      {
        keepEmpty: true,
        // Of each there is one, the first.
        read(express) {
          express.links = validities.flatMap(
            (word) => express.links.find(({ validity }) => validity === word) ?? [],
          );
        },
      },
    ),
  ),
};
