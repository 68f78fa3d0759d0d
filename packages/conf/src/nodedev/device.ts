import { formatUuid, parseUuid, type Uuid } from "@libvirt-ts/util/uuid";
import {
  attr,
  child,
  custom,
  element,
  type Infer,
  leaf,
  list,
  oneOf,
  str,
  text,
  variant,
} from "@libvirt-ts/xml";
import { told } from "../told.ts";
import { apCard, apMatrix, apQueue, ccw, ccwGroup, css } from "./channel.ts";
import { internalError, nodedevError, unsupported } from "./errors.ts";
import { given, identity, needed, number, word } from "./fields.ts";
import { net } from "./net.ts";
import { pci } from "./pci.ts";
import { scsi, scsiHost, scsiTarget } from "./scsi.ts";
import { storage } from "./storage.ts";

function readUuid(written: string): Uuid | undefined {
  const bytes = parseUuid(written);
  return bytes && formatUuid(bytes);
}

const Hardware = element("hardware", {
  vendor: leaf("vendor", str),
  version: leaf("version", str),
  serial: leaf("serial", str),
  uuid: needed<string>("uuid", {
    read: readUuid,
    write: (value) => value,
    missing: (device) => internalError(`no system UUID supplied for '${device}'`),
    invalid: (device) => internalError(`malformed uuid element for '${device}'`),
  }),
});

/** The host itself. */
const system = {
  product: leaf("product", str),
  hardware: child(Hardware, { joins: true }),
  firmware: child(
    element(
      "firmware",
      {
        vendor: leaf("vendor", str),
        version: leaf("version", str),
        releaseDate: leaf("release_date", str),
      },
      { endTag: true },
    ),
    { joins: true },
  ),
};

const usbDevice = {
  bus: number("bus", "USB bus number"),
  device: number("device", "USB device number"),
  product: identity("product", "USB product ID"),
  vendor: identity("vendor", "USB vendor ID"),
};

/** An interface of a USB device. */
const usb = {
  number: number("number", "USB interface number"),
  class: number("class", "USB interface class"),
  subclass: number("subclass", "USB interface subclass"),
  protocol: number("protocol", "USB interface protocol"),
  description: leaf("description", str),
};

const drmKinds = ["primary", "control", "render"] as const;
type DrmKind = (typeof drmKinds)[number];
const drm = {
  kind: needed<DrmKind>("type", {
    read: (written) => drmKinds.find((kind) => kind === written),
    write: (value) => value,
    missing: (device) => unsupported(`unknown drm type '(null)' for '${device}'`),
    invalid: (device, written) => unsupported(`unknown drm type '${written}' for '${device}'`),
  }),
};

const typeId = custom<string>({
  tags: ["type"],
  parse(from, { deviceName = "" }) {
    const id = from.children.find(({ name }) => name === "type")?.attrs.id;
    if (!id) throw unsupported(`missing type id attribute for '${deviceName}'`);
    return id;
  },
  formatBody(value, writer) {
    writer.open("type");
    writer.attr("id", value);
    writer.close("type");
  },
});
const iommuGroup = custom<number>({
  tags: ["iommuGroup"],
  parse(from, { deviceName = "" }) {
    const found = from.children.find(({ name }) => name === "iommuGroup");
    const written = found?.attrs.number;
    if (written !== undefined && !/^\s*\+?\d+$/.test(written))
      throw internalError(`invalid iommuGroup number attribute for '${deviceName}'`);
    return Number(written ?? 0);
  },
  formatBody(value, writer) {
    writer.open("iommuGroup");
    writer.attr("number", String(value));
    writer.close("iommuGroup");
  },
});

const mdevUuid = given<string>("uuid", {
  read: readUuid,
  write: (value) => value,
  invalid: (_device, written) => internalError(`Invalid uuid '${written}' for new mdev device`),
});

/** A mediated device: made by software out of another one. */
const mdev = {
  typeId,
  uuid: mdevUuid,
  parentAddress: told(leaf("parent_addr", str), "parent_addr"),
  iommuGroup,
  /** Written in this order to its files when it is made. */
  attributes: list(
    element("attr", {
      name: attr("name", str, { required: true }),
      value: attr("value", str, { required: true }),
    }),
    { skip: ({ attrs: { name, value } }) => !name || !value },
  ),
};

const capabilityTypes = [
  "system",
  "pci",
  "usb_device",
  "usb",
  "net",
  "scsi_host",
  "scsi_target",
  "scsi",
  "storage",
  "scsi_generic",
  "drm",
  "mdev",
  "ccw",
  "css",
  "vdpa",
  "ap_card",
  "ap_queue",
  "ap_matrix",
  "ccwgroup",
] as const;

/** libvirt's numbers of types that are only parts of others: they are told by these. */
const partialTypes: { readonly [type: string]: number } = {
  fc_host: 9,
  vports: 10,
  mdev_types: 13,
  vpd: 21,
  ccwgroup_member: 23,
};
const knownType = oneOf(capabilityTypes);
const capabilityType: typeof knownType = {
  ...knownType,
  parse(text, from, name, context = {}) {
    const number = partialTypes[text];
    if (number !== undefined)
      throw internalError(`unknown capability type '${number}' for '${context.deviceName}'`);
    return knownType.parse(text, from, name);
  },
};

/** What a device is. */
export const Capability = element("capability", {
  type: attr("type", capabilityType, { required: true }),
  $details: variant("type", {
    system,
    pci,
    usb_device: usbDevice,
    usb,
    net,
    scsi_host: scsiHost,
    scsi_target: scsiTarget,
    scsi,
    storage,
    scsi_generic: {
      path: word("char", (device) => internalError(`no SCSI generic path supplied for '${device}'`)),
    },
    drm,
    mdev,
    ccw,
    css,
    vdpa: {
      path: word("chardev", (device) => internalError(`no vDPA device path supplied for '${device}'`)),
    },
    ap_card: apCard,
    ap_queue: apQueue,
    ap_matrix: apMatrix,
    ccwgroup: ccwGroup,
  }),
});
export type NodeCapability = Infer<typeof Capability>;
export type NodeCapabilityOf<T extends NodeCapability["type"]> = Extract<NodeCapability, { type: T }>;

/** What a device hangs on: its name, or how to find an adapter. */
const Parent = element(
  "parent",
  {
    wwnn: attr("wwnn", str),
    wwpn: attr("wwpn", str),
    fabricWwn: attr("fabric_wwn", str),
    name: text(str),
  },
  {
    read({ wwnn, wwpn }) {
      if (wwnn !== undefined && wwpn === undefined)
        throw nodedevError(`when providing parent wwnn='${wwnn}', the wwpn must also be provided`);
      if (wwpn !== undefined && wwnn === undefined)
        throw nodedevError(`when providing parent wwpn='${wwpn}', the wwnn must also be provided`);
    },
  },
);

const Devnode = element(
  "devnode",
  { type: attr("type", oneOf(["dev", "link"]), { required: true }), path: text(str) },
  {
    read(node) {
      node.path ??= "";
    },
  },
);

export const DeviceSyntax = element("device", {
  name: leaf("name", str),
  /** In sysfs. */
  path: leaf("path", str, { show: "live" }),
  devnodes: list(Devnode),
  parent: child(Parent),
  driver: told(child(element("driver", { name: leaf("name", str) }), { show: "live" }), "driver"),
  capabilities: list(Capability),
});
export type DeviceSyntax = Infer<typeof DeviceSyntax>;

/** A device of the host: always with a name. */
export type NodeDeviceDef = DeviceSyntax & { name: string };
