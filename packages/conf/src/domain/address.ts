import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  attr,
  child,
  element,
  hex,
  hexLong,
  hexOnly,
  hexOnlyLong,
  type Infer,
  mismatch,
  onOff,
  type Scalar,
  str,
  strictly,
  uint,
  variant,
} from "@libvirt-ts/xml";
import {
  digits,
  hexDigits,
  numberUpTo,
  pciFunction,
  pciSlot,
  uint8,
  uint16,
  uint32,
  usbPort,
} from "../types.ts";
import { sharedXmlError, xmlError } from "./errors.ts";
import { attrOneOf } from "./words.ts";

const Zpci = element("zpci", { uid: attr("uid", uint16(hex(4))), fid: attr("fid", uint32(hex(8))) });

/** The four numbers of a PCI address; all zero means "some PCI address, not chosen yet". */
export const pciNumbers = {
  domain: attr("domain", uint32(hex(4)), { default: 0 }),
  bus: attr("bus", uint8(hex(2)), { default: 0 }),
  slot: attr("slot", pciSlot(hex(2)), { default: 0 }),
  function: attr("function", pciFunction(hex(1)), { default: 0 }),
};

interface PciNumbers {
  readonly domain: number;
  readonly bus: number;
  readonly slot: number;
  readonly function: number;
}

/** Refuses numbers no PCI address can have; one that says no place at all is not looked at. */
export function checkPciNumbers({ domain, bus, slot, function: fn }: PciNumbers): void {
  if (domain === 0 && bus === 0 && slot === 0) return;
  if (bus > 0xff) throw sharedXmlError(`Invalid PCI address bus='0x${bus.toString(16)}', must be <= 0xFF`);
  if (slot > 0x1f) throw sharedXmlError(`Invalid PCI address slot='0x${slot.toString(16)}', must be <= 0x1F`);
  if (fn > 7) throw sharedXmlError(`Invalid PCI address function=0x${fn.toString(16)}, must be <= 7`);
}

const deepestPort = 4;
/** `1.2`: the port of a hub in the port of a controller. */
const writtenPort: Scalar<string> = {
  ...str,
  parse(text) {
    const steps = text.split(".");
    if (
      steps.length > deepestPort ||
      !steps.every((step) => /^\s*\+?\d+$/.test(step) && Number(step) <= 0xffffffff)
    )
      throw new VirError(
        ErrorDomain.DEVICE,
        ErrorCode.INTERNAL_ERROR,
        "Cannot parse <address> 'port' attribute",
      );
    const ports = steps.map(Number);
    const end = ports.indexOf(0);
    return (end < 0 ? ports : ports.slice(0, end)).join(".");
  },
};

/** Where a device sits in the guest. */
export const Address = element(
  "address",
  {
    type: attrOneOf(
      "type",
      [
        "pci",
        "drive",
        "virtio-serial",
        "ccid",
        "usb",
        "spapr-vio",
        "ccw",
        "virtio-mmio",
        "isa",
        "dimm",
        "unassigned",
      ],
      { required: true },
    ),
    $numbers: variant("type", {
      pci: {
        ...pciNumbers,
        multifunction: attr("multifunction", onOff),
        zpci: child(Zpci),
      },
      drive: {
        controller: attr("controller", digits(uint, 2), { default: 0 }),
        bus: attr("bus", uint, { default: 0 }),
        target: attr("target", digits(uint, 2), { default: 0 }),
        unit: attr("unit", digits(uint, 5), { default: 0 }),
      },
      "virtio-serial": {
        controller: attr("controller", uint, { default: 0 }),
        bus: attr("bus", uint, { default: 0 }),
        port: attr("port", digits(uint, 2)),
      },
      ccid: {
        controller: attr("controller", uint, { default: 0 }),
        slot: attr("slot", uint, { default: 0 }),
      },
      usb: { bus: attr("bus", hexDigits(uint, 3), { default: 0 }), port: attr("port", usbPort(writtenPort)) },
      "spapr-vio": { reg: attr("reg", hexDigits(hexLong(8), 8)) },
      ccw: {
        cssid: attr("cssid", numberUpTo(hex(1), 0xfe)),
        ssid: attr("ssid", strictly(hex(1), /(?:0x)?[0-3]/, "a number up to 3")),
        devno: attr("devno", numberUpTo(hex(4), 0xffff)),
      },
      "virtio-mmio": {},
      isa: {
        iobase: attr(
          "iobase",
          strictly(hexOnly, /0x[a-fA-F0-9]{1,4}/, "0x and up to four hexadecimal digits"),
        ),
        irq: attr("irq", strictly(hexOnly, /0x[a-fA-F0-9]/, "0x and a hexadecimal digit")),
      },
      dimm: {
        slot: attr("slot", uint, { required: true, strict: { required: false } }),
        base: attr("base", strictly(hexOnlyLong, /(?:0x)?[0-9a-f]+/, "a hexadecimal number")),
      },
      unassigned: {},
    }),
  },
  {
    rule: ({ attrs }) => {
      const given = ["cssid", "ssid", "devno"].filter((name) => attrs[name] !== undefined).length;
      return attrs.type === "ccw" && given !== 0 && given !== 3
        ? "'cssid', 'ssid' and 'devno' go together"
        : undefined;
    },
    read(address) {
      if (address.type === "pci") checkPciNumbers(address);
      if (
        address.type === "pci" &&
        address.zpci?.uid !== undefined &&
        (address.zpci.uid < 1 || address.zpci.uid > 0xffff)
      ) {
        throw xmlError(
          `Invalid PCI address uid='0x${address.zpci.uid.toString(16).padStart(4, "0")}', must be > 0x0000 and <= 0xffff`,
        );
      }
    },
    view(address) {
      return address.type === "pci" && isUnset(address) ? unsetPci(address) : address;
    },
  },
);
export type Address = Infer<typeof Address>;
export type AddressOf<T extends Address["type"]> = Extract<Address, { type: T }>;
export type PciAddress = AddressOf<"pci">;

const formatPci = ({ domain, bus, slot, function: fn }: PciNumbers): string =>
  `${hexText(domain, 4)}:${hexText(bus, 2)}:${hexText(slot, 2)}.${fn.toString(16)}`;
const hexText = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

/** How the place of a device differs, in words; `undefined`: not at all. */
export function compareAddresses(
  source: Address | undefined,
  target: Address | undefined,
): string | undefined {
  const [from, to] = [source?.type ?? "none", target?.type ?? "none"];
  if (from !== to) return mismatch("device address type", from, to);
  if (!source || !target) return undefined;
  for (const [label, told] of places[source.type] ?? []) {
    const [here, there] = [told(source), told(target)];
    if (here !== there) return mismatch(label, here, there);
  }
  return undefined;
}

const hexOf = (value = 0, digits = 1): string => value.toString(16).padStart(digits, "0");

type Place = readonly [label: string, text: (address: Address) => string];

/** How the parts of addresses are called, and their text. Where a USB device is plugged in may change. */
const places: { readonly [type: string]: readonly Place[] } = {
  pci: [["device PCI address", (a) => (a.type === "pci" ? formatPci(a) : "")]],
  drive: [["device drive address", (a) => (a.type === "drive" ? `${a.controller}:${a.bus}:${a.unit}` : "")]],
  "virtio-serial": [
    [
      "device virtio serial address",
      (a) => (a.type === "virtio-serial" ? `${a.controller}:${a.bus}:${a.port}` : ""),
    ],
  ],
  ccid: [["device ccid address", (a) => (a.type === "ccid" ? `${a.controller}:${a.slot}` : "")]],
  isa: [["device isa address", (a) => (a.type === "isa" ? `${a.iobase ?? 0}:${a.irq ?? 0}` : "")]],
  ccw: [
    [
      "device CCW address",
      (a) => (a.type === "ccw" ? [hexOf(a.cssid), hexOf(a.ssid), hexOf(a.devno, 4)].join(".") : ""),
    ],
  ],
  dimm: [
    ["device dimm slot", (a) => (a.type === "dimm" ? `${a.slot ?? 0}` : "")],
    [
      "Target device dimm base address '%t' does not match source '%s'",
      (a) => (a.type === "dimm" ? (a.base ?? 0n).toString(16) : ""),
    ],
  ],
};

/** A function alone says nothing of the place. */
const isUnset = (a: PciNumbers): boolean => a.domain === 0 && a.bus === 0 && a.slot === 0;

/** A PCI address is wanted but has not been chosen. */
export const isUnsetPci = (address: Address | undefined): boolean =>
  address?.type === "pci" && isUnset(address);

/** The numbers are left out of an address that is not chosen yet. */
function unsetPci<T extends PciNumbers>(address: T): T {
  const { domain: _d, bus: _b, slot: _s, function: _f, ...rest } = address;
  return rest as T; // only ever handed to the formatter, which skips what is absent
}
