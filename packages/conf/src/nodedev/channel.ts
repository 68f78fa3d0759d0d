import {
  attr,
  child,
  element,
  invalidValue,
  leaf,
  list,
  missingAttribute,
  oneOf,
  str,
  text,
  variant,
} from "@libvirt-ts/xml";
import { nodedevError, unsupported } from "./errors.ts";
import { anyBase, base16, given, hexNumber, needed, nested, word } from "./fields.ts";
import { mdevTypes } from "./mdev-types.ts";

/** Where a device sits in the channel subsystem of s390. */
const address = {
  cssid: hexNumber("cssid", 1, { max: 0xfe }),
  ssid: hexNumber("ssid", 1, { max: 3 }),
  devno: hexNumber("devno", 4, { max: 0xffff, read: base16 }),
};

const ccwTypes = ["ccwgroup_member"] as const;
const CcwExtra = element("capability", {
  type: attr("type", oneOf(ccwTypes), { required: true }),
  groupDevice: word("group_device", (device) => unsupported(`missing group_device value for '${device}'`)),
});
const state = given<"online" | "offline">("state", {
  read: (written) => (written === "online" || written === "offline" ? written : undefined),
  write: (value) => value,
  invalid: (device, written) => unsupported(`unknown state '${written}' for '${device}'`),
});
export const ccw = { state, ...address, extras: nested(CcwExtra, ccwTypes, {}) };

const cssTypes = ["mdev_types"] as const;
const CssExtra = element("capability", {
  type: attr("type", oneOf(cssTypes), { required: true }),
  ...mdevTypes,
});
/** A subchannel, and the device it leads to. */
export const css = {
  ...address,
  channelDevice: child(element("channel_dev_addr", address)),
  extras: nested(CssExtra, cssTypes, {}),
};

const groupTypes = ["qeth_generic"] as const;
const GroupExtra = element("capability", {
  type: attr("type", oneOf(groupTypes), { required: true }),
  $details: variant("type", {
    qeth_generic: { cardType: leaf("card_type", str), chpid: leaf("chpid", str) },
  }),
});
const Members = element("members", {
  devices: list(
    element(
      "ccw_device",
      {
        ref: attr("ref", str, {
          required: true,
          missing: (_from, { deviceName }) =>
            nodedevError(`Missing ref property on ccw_device in members for '${deviceName}'`),
        }),
        name: text(str),
      },
      {
        read(device) {
          device.name ??= "";
        },
      },
    ),
  ),
});
/** Several devices of the channel subsystem that work as one. */
export const ccwGroup = {
  state,
  ...address,
  members: child(Members, { joins: true }),
  extras: nested(GroupExtra, groupTypes, {
    single: true,
    missing: (_device, from) => missingAttribute("type", from),
    unknown: (_device, type, from) => invalidValue(type, from, "type"),
  }),
};

const adapter = { adapter: hexNumber("ap-adapter", 2) };

const domain = needed<number>("ap-domain", {
  read(written) {
    const value = anyBase(written);
    return value !== undefined && value <= 255 ? value : undefined;
  },
  write: (value) => `0x${value.toString(16).padStart(4, "0")}`,
  missing: (device) => unsupported(`missing ap-domain value for '${device}'`),
  invalid: (device, written) =>
    anyBase(written) === undefined
      ? unsupported(`invalid ap-domain value '${written}' for '${device}'`)
      : unsupported(`ap-domain value '${written}' is out of range for '${device}'`),
});

/** Cryptographic adapters of s390, their queues, and what mediated devices can be made of them. */
export const apCard = adapter;
export const apQueue = { ...adapter, domain };

const ApExtra = element("capability", {
  type: attr("type", oneOf(cssTypes), { required: true }),
  ...mdevTypes,
});
export const apMatrix = { extras: nested(ApExtra, cssTypes, {}) };
