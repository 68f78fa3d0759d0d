import {
  attr,
  attrOf,
  child,
  element,
  fixed,
  flag,
  hex,
  type Infer,
  invalidValue,
  leaf,
  list,
  onlyYes,
  onOff,
  raw,
  refusing,
  str,
  strictly,
  uintAnyBase,
  variant,
  yesNo,
} from "@libvirt-ts/xml";
import { NetworkRoute } from "../../network/ip.ts";
import { absPath, deviceName, digits, hexDigits } from "../../types.ts";
import { checkPciNumbers, pciNumbers } from "../address.ts";
import { internalError, unsupported, xmlError } from "../errors.ts";
import { romInfo } from "../info.ts";
import { uuid } from "../scalars.ts";
import { attrOneOf } from "../words.ts";
import { Teaming } from "./interface.ts";
import { InterfaceIp } from "./net-parts.ts";
import { Auth, Initiator, StorageHost } from "./storage-parts.ts";
import { withUnit } from "./storage-source.ts";

const UsbSource = element(
  "source",
  {
    startupPolicy: attrOneOf("startupPolicy", ["mandatory", "requisite", "optional"]),
    guestReset: attrOneOf("guestReset", ["off", "uninitialized", "on"]),
    vendor: attrOf("vendor", "id", hexDigits(hex(4), 4), { required: true }),
    product: attrOf("product", "id", hexDigits(hex(4), 4), { required: true }),
    address: child(
      element("address", {
        bus: attr("bus", hexDigits(uintAnyBase, 3), { required: true, strict: { required: false } }),
        device: attr("device", hexDigits(uintAnyBase, 3), { required: true, strict: { required: false } }),
        port: attr("port", str),
      }),
    ),
  },
  {
    read({ vendor, product, address }) {
      if (address || (vendor === undefined) === (product === undefined)) return;
      throw internalError(`missing ${vendor === undefined ? "vendor" : "product"}`);
    },
  },
);

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
  {
    read(source) {
      source.address ??= { domain: 0, bus: 0, slot: 0, function: 0 };
      checkPciNumbers(source.address);
    },
  },
);

const scsiNumber = { required: true, strict: { required: false } } as const;

const ScsiSource = element(
  "source",
  {
    protocol: attrOneOf("protocol", ["adapter", "iscsi"]),
    name: attr("name", str),
    adapter: attrOf("adapter", "name", str, { emptyIsAbsent: true }),
    address: child(
      element("address", {
        bus: attr("bus", uintAnyBase, scsiNumber),
        target: attr("target", digits(uintAnyBase, 10), scsiNumber),
        unit: attr("unit", digits(uintAnyBase, 20), scsiNumber),
      }),
    ),
    hosts: list(StorageHost),
    privateData: raw("privateData", { show: "status", plain: true }),
    auth: child(Auth),
    initiator: child(Initiator, { joins: true }),
  },
  { read: checkScsiSource },
);

interface ScsiSource {
  protocol?: "adapter" | "iscsi" | undefined;
  name?: string | undefined;
  adapter?: string | undefined;
  address?: object | undefined;
  hosts: readonly object[];
}

/** One unit of one server, or one behind an adapter of the host. */
function checkScsiSource(source: ScsiSource): void {
  if (source.protocol === "iscsi") {
    if (source.name === undefined) throw xmlError("missing iSCSI hostdev source path name");
    if (source.hosts.length === 0) throw xmlError("missing the host address for the iSCSI hostdev");
    if (source.hosts.length > 1)
      throw xmlError("only one source host address may be specified for the iSCSI hostdev");
    source.name = withUnit(source.name);
    return;
  }
  if (!source.address) throw xmlError("'address' must be specified for scsi hostdev source");
  if (source.adapter === undefined)
    throw xmlError("'adapter' name must be specified for scsi hostdev source");
}

const wwpn = strictly(
  {
    ...str,
    parse(text) {
      if (!/^naa\.(?:0x)?[0-9a-fA-F]{16}$/.test(text)) throw xmlError("malformed 'wwpn' value");
      return text;
    },
  },
  /naa\.[0-9a-fA-F]{16}/,
  "naa. and sixteen hexadecimal digits",
);

const ScsiHostSource = element("source", {
  protocol: attrOneOf("protocol", ["vhost"], { required: true }),
  wwpn: attr("wwpn", wwpn, {
    required: true,
    missing: () => xmlError("missing vhost-scsi hostdev source wwpn"),
    strict: { required: false },
  }),
});

const mediatedUuid = refusing(uuid, () => internalError("Cannot parse uuid attribute of element <address>"));
const MdevSource = element("source", {
  address: child(
    element("address", {
      uuid: attr("uuid", mediatedUuid, { required: true, missing: () => missingUuid() }),
    }),
    {
      required: true,
      missing: () => unsupported("Missing <address> element"),
      strict: { required: false },
    },
  ),
});
const missingUuid = () => unsupported("Missing 'uuid' attribute for element <address>");

const PciDriver = element("driver", {
  name: attrOneOf("name", ["kvm", "vfio", "xen"]),
  model: attr("model", str),
});

const needed = {
  required: true,
  missing: () => xmlError("Missing <source> element in hostdev device"),
} as const;

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
      }),
    ),
    managed: attr("managed", onlyYes),
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
    teaming: child(Teaming, { joins: true }),
    ...romInfo,
  },
  {
    rule: ({ attrs: { type, rawio, sgio } }) =>
      type !== "scsi" && (rawio !== undefined || sgio !== undefined)
        ? "'rawio' and 'sgio' go with type='scsi'"
        : undefined,
    read({ mode, type, rawio, sgio }, from) {
      if ((mode === "capabilities") !== handedToContainers.has(type)) throw invalidValue(type, from, "type");
      if (type !== "mdev" && type !== "scsi_host" && from.attrs.model !== undefined)
        throw xmlError(`'model' attribute in <hostdev> is only supported when type='${type}'`);
      if (type !== "scsi" && rawio !== undefined)
        throw xmlError("rawio is only supported for scsi host device");
      if (type !== "scsi" && sgio !== undefined)
        throw xmlError("sgio is only supported for scsi host device");
    },
  },
);
/** What containers are given; other guests get whole devices. */
const handedToContainers = new Set(["storage", "misc", "net"]);
export type Hostdev = Infer<typeof Hostdev>;
