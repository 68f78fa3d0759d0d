import {
  attr,
  attrOf,
  child,
  element,
  fixed,
  flag,
  hex,
  type Infer,
  leaf,
  list,
  onOff,
  raw,
  str,
  strictly,
  uint,
  variant,
  yesNo,
} from "@libvirt-ts/xml";
import { NetworkRoute } from "../../network/ip.ts";
import { absPath, aliasName, deviceName, digits, hexDigits } from "../../types.ts";
import { checkPciNumbers, pciNumbers } from "../address.ts";
import { unsupported, xmlError } from "../errors.ts";
import { romInfo } from "../info.ts";
import { uuid } from "../scalars.ts";
import { attrOneOf } from "../words.ts";
import { InterfaceIp } from "./interface.ts";
import { Auth, Initiator, StorageHost } from "./storage-parts.ts";

const UsbSource = element("source", {
  startupPolicy: attrOneOf("startupPolicy", ["mandatory", "requisite", "optional"]),
  guestReset: attrOneOf("guestReset", ["off", "uninitialized", "on"]),
  vendor: attrOf("vendor", "id", hexDigits(hex(4), 4)),
  product: attrOf("product", "id", hexDigits(hex(4), 4)),
  address: child(
    element("address", {
      bus: attr("bus", hexDigits(uint, 3)),
      device: attr("device", hexDigits(uint, 3)),
      port: attr("port", str),
    }),
  ),
});

const PciSource = element(
  "source",
  {
    writeFiltering: attr("writeFiltering", yesNo),
    driver: child(
      element("driver", { name: attrOneOf("name", ["kvm", "vfio", "xen"]), model: attr("model", str) }),
    ),
    address: child(element("address", pciNumbers), { strict: { required: true } }),
    origstates: child(
      element("origstates", {
        unbind: flag("unbind"),
        removeslot: flag("removeslot"),
        reprobe: flag("reprobe"),
      }),
      { show: "status" },
    ),
  },
  { read: (source) => source.address && checkPciNumbers(source.address) },
);

const ScsiSource = element("source", {
  protocol: attrOneOf("protocol", ["adapter", "iscsi"]),
  name: attr("name", str),
  adapter: attrOf("adapter", "name", str),
  address: child(
    element("address", {
      bus: attr("bus", uint),
      target: attr("target", digits(uint, 10)),
      unit: attr("unit", digits(uint, 20)),
    }),
  ),
  hosts: list(StorageHost),
  privateData: raw("privateData", { show: "status", plain: true }),
  auth: child(Auth),
  initiator: child(Initiator),
});

const ScsiHostSource = element("source", {
  protocol: attrOneOf("protocol", ["vhost"], { required: true }),
  wwpn: attr("wwpn", strictly(str, /naa\.[0-9a-fA-F]{16}/, "naa. and sixteen hexadecimal digits")),
});

const MdevSource = element("source", {
  address: child(
    element("address", { uuid: attr("uuid", uuid, { required: true, missing: () => missingUuid() }) }),
  ),
});
const missingUuid = () => unsupported("Missing 'uuid' attribute for element <address>");

const PciDriver = element("driver", {
  name: attrOneOf("name", ["kvm", "vfio", "xen"]),
  model: attr("model", str),
});

const needed = { strict: { required: true } } as const;

/** A device of the host handed to the guest. */
export const Hostdev = element(
  "hostdev",
  {
    mode: fixed(
      "host device mode",
      attrOneOf("mode", ["subsystem", "capabilities"], {
        default: "subsystem",
        strict: { required: true },
      }),
    ),
    type: fixed(
      "host device subsystem",
      attrOneOf("type", ["usb", "pci", "scsi", "scsi_host", "mdev", "storage", "misc", "net"], {
        required: true,
        missing: () => xmlError("missing source address type"),
      }),
    ),
    managed: attr("managed", yesNo),
    sgio: attrOneOf("sgio", ["filtered", "unfiltered"]),
    rawio: attr("rawio", yesNo),
    $kind: variant("type", {
      usb: { source: child(UsbSource, needed) },
      pci: {
        display: attr("display", onOff),
        ramfb: attr("ramfb", onOff),
        driver: child(PciDriver),
        source: child(PciSource, needed),
      },
      scsi: {
        source: child(ScsiSource, needed),
        readonly: flag("readonly"),
        shareable: flag("shareable"),
      },
      scsi_host: {
        model: attrOneOf("model", ["virtio", "virtio-transitional", "virtio-non-transitional"]),
        source: child(ScsiHostSource, needed),
      },
      mdev: {
        model: attrOneOf("model", ["vfio-pci", "vfio-ccw", "vfio-ap"], { required: true }),
        display: attr("display", onOff),
        ramfb: attr("ramfb", onOff),
        source: child(MdevSource, needed),
      },
      storage: { source: child(element("source", { block: leaf("block", absPath) }), needed) },
      misc: { source: child(element("source", { char: leaf("char", absPath) }), needed) },
      net: {
        source: child(element("source", { interface: leaf("interface", deviceName) })),
        ips: list(InterfaceIp),
        routes: list(NetworkRoute),
      },
    }),
    teaming: child(
      element("teaming", {
        type: attrOneOf("type", ["persistent", "transient"], {
          strict: { required: true },
          refuse: (text) => unsupported(`unknown teaming type '${text}'`),
        }),
        persistent: attr("persistent", aliasName),
      }),
    ),
    ...romInfo,
  },
  {
    rule: ({ attrs: { type, rawio, sgio } }) =>
      type !== "scsi" && (rawio !== undefined || sgio !== undefined)
        ? "'rawio' and 'sgio' go with type='scsi'"
        : undefined,
    read({ type, rawio, sgio }) {
      if (type !== "scsi" && rawio !== undefined)
        throw xmlError("rawio is only supported for scsi host device");
      if (type !== "scsi" && sgio !== undefined)
        throw xmlError("sgio is only supported for scsi host device");
    },
  },
);
export type Hostdev = Infer<typeof Hostdev>;
