import {
  NodeDeviceCreateXmlFlags,
  NodeDeviceDefineXmlFlags,
  ConnectListAllNodeDeviceFlags as Which,
} from "@libvirt-ts/api";
import { arg, doing, flag, ShellError, text } from "@libvirt-ts/cli";
import type { Connect, NodeDevice } from "@libvirt-ts/client";
import { ErrorCode, VirError } from "@libvirt-ts/errors";
import { command } from "../context.ts";
import { readText } from "../support/files.ts";
import { findNodeDevice } from "../support/lookup.ts";
import { activityOf, byName, deviceNames, xpathView, yesNo } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";
import { formatTrees } from "../support/tree.ts";

export const nodedevCreate = command("nodedev-create", {
  help: "make a device of the host",
  options: { file: arg("file with the XML of the device"), validate: flag("check against the schema") },
  async run({ file, validate }, { connect, out }) {
    const xmlDesc = await readText(file);
    const flags = validate ? NodeDeviceCreateXmlFlags.VALIDATE : 0;
    const made = connect.nodeDeviceCreateXml({ xmlDesc, flags });
    const { name } = await doing(`Failed to create node device from ${file}`, made);
    out.done(`Node device ${name} created from ${file}`);
  },
});

export const nodedevDestroy = command("nodedev-destroy", {
  help: "take a device of the host away",
  options: { device: arg("name of the device, or WWNN,WWPN", deviceNames) },
  async run({ device: name }, { connect, out }) {
    const device = await findNodeDevice(connect, name);
    await doing(`Failed to destroy node device '${name}'`, device.destroy());
    out.done(`Destroyed node device '${name}'`);
  },
});

export const nodedevDetach = command("nodedev-detach", {
  help: "take a device from the host's driver, for guests",
  options: {
    device: arg("name of the device, or WWNN,WWPN", deviceNames),
    driver: text("driver to hand it to"),
  },
  async run({ device: name, driver: driverName }, { connect, out }) {
    const device = await connect.nodeDeviceLookupByName({ name }).catch((cause: unknown) => {
      throw new ShellError(`Could not find matching device '${name}'`, { cause });
    });
    const detached = driverName === undefined ? device.dettach() : device.detachFlags({ driverName });
    await doing(`Failed to detach device ${name}`, detached);
    out.done(`Device ${name} detached`);
  },
});

export const nodedevDumpxml = command("nodedev-dumpxml", {
  help: "show the XML of a device",
  options: { device: arg("name of the device, or WWNN,WWPN", deviceNames), ...xpathView },
  async run({ device: name, xpath, wrap }, { connect, out }) {
    const device = await findNodeDevice(connect, name);
    showXml(out, await device.getXmlDesc(), { xpath, wrap });
  },
});

export const nodedevList = command("nodedev-list", {
  help: "show devices of the host",
  options: {
    tree: flag("as a tree"),
    cap: text("of these kinds: TYPE,..."),
    inactive: flag("those that are defined, but not there"),
    all: flag("those that are there and those that are defined"),
  },
  async run({ tree, cap, inactive, all }, { connect, out }) {
    if (tree && (cap !== undefined || inactive))
      throw new ShellError("Option --tree is incompatible with --cap and --inactive");
    const kinds = (cap ?? "")
      .split(",")
      .filter((kind) => kind !== "")
      .map(kindOf);
    const activity = activityOf({ all, inactive }, Which);
    const flags = kinds.reduce((sum, kind) => sum | kind, activity);
    const devices = byName(await doing("Failed to list node devices", listed(connect, flags)));
    if (!tree) {
      for (const { name } of devices) out.line(name);
      return;
    }
    const parents = await Promise.all(devices.map((device) => parentOf(device)));
    const entries = devices.map(({ name }, at) => ({ name, parent: parents[at] }));
    out.text(formatTrees(entries));
  },
});

/** Drivers that do not tell active ones apart have no others. */
async function listed(connect: Connect, flags: number): Promise<NodeDevice[]> {
  try {
    return await connect.listAllNodeDevices({ flags: flags >>> 0 });
  } catch (error) {
    if (!(error instanceof VirError) || error.code !== ErrorCode.INVALID_ARG) throw error;
    if ((flags & Which.INACTIVE) !== 0) throw error;
    return connect.listAllNodeDevices({ flags: (flags & ~Which.ACTIVE) >>> 0 });
  }
}

/** "pci" is PCI_DEV: what kinds are called in the XML. */
const otherNames: Readonly<Record<string, keyof typeof Which>> = {
  pci: "CAP_PCI_DEV",
  usb_device: "CAP_USB_DEV",
  usb: "CAP_USB_INTERFACE",
};

function kindOf(kind: string): number {
  const key = otherNames[kind] ?? `CAP_${kind.toUpperCase()}`;
  const found = Object.entries(Which).find(([name]) => name === key);
  const isOther = kind === "pci_dev" || kind === "usb_dev" || kind === "usb_interface";
  if (found === undefined || isOther) throw new ShellError("Invalid capability type");
  return found[1];
}

/** Nothing is above a device that has vanished meanwhile. */
async function parentOf(device: NodeDevice): Promise<string | undefined> {
  if (device.name === "computer") return undefined;
  return (await device.getParent().catch(() => null)) ?? undefined;
}
export const nodedevReattach = command("nodedev-reattach", {
  help: "give a device back to the host's driver",
  options: { device: arg("name of the device, or WWNN,WWPN", deviceNames) },
  async run({ device: name }, { connect, out }) {
    const device = await named(connect, name);
    await doing(`Failed to re-attach device ${name}`, device.reAttach());
    out.done(`Device ${name} re-attached`);
  },
});

export const nodedevReset = command("nodedev-reset", {
  help: "reset a device of the host",
  options: { device: arg("name of the device, or WWNN,WWPN", deviceNames) },
  async run({ device: name }, { connect, out }) {
    const device = await named(connect, name);
    await doing(`Failed to reset device ${name}`, device.reset());
    out.done(`Device ${name} reset`);
  },
});

export const nodedevDefine = command("nodedev-define", {
  help: "define a device of the host",
  options: { file: arg("file with the XML"), validate: flag("check against the schema") },
  async run({ file, validate }, { connect, out }) {
    const xmlDesc = await readText(file);
    const flags = validate ? NodeDeviceDefineXmlFlags.VALIDATE : 0;
    const made = connect.nodeDeviceDefineXml({ xmlDesc, flags });
    const { name } = await doing(`Failed to define node device from '${file}'`, made);
    out.done(`Node device '${name}' defined from '${file}'`);
  },
});

export const nodedevUndefine = command("nodedev-undefine", {
  help: "forget the definition of a device",
  options: { device: arg("name of the device, or WWNN,WWPN", deviceNames) },
  async run({ device: name }, { connect, out }) {
    const device = await findNodeDevice(connect, name);
    await doing(`Failed to undefine node device '${name}'`, device.undefine());
    out.done(`Undefined node device '${name}'`);
  },
});

export const nodedevStart = command("nodedev-start", {
  help: "start a device that is defined",
  options: { device: arg("name of the device, or WWNN,WWPN", deviceNames) },
  async run({ device: name }, { connect, out }) {
    const device = await named(connect, name);
    await doing(`Failed to start device ${name}`, device.create());
    out.done(`Device ${name} started`);
  },
});

export const nodedevAutostart = command("nodedev-autostart", {
  help: "start a device with the host, or no longer",
  options: { device: arg("name of the device, or WWNN,WWPN", deviceNames), disable: flag("turn it off") },
  async run({ device: name, disable }, { connect, out }) {
    const device = await named(connect, name);
    const mark = disable ? "unmark" : "mark";
    const done = device.setAutostart({ autostart: !disable });
    await doing(`failed to ${mark} device ${name} as autostarted`, done);
    out.done(`Device ${name} ${mark}ed as autostarted`);
  },
});

export const nodedevInfo = command("nodedev-info", {
  help: "tell about a device of the host",
  options: { device: arg("name of the device, or WWNN,WWPN", deviceNames) },
  async run({ device: name }, { connect, out }) {
    const device = await named(connect, name);
    out.field("Name:", device.name);
    out.field("Parent:", (await device.getParent().catch(() => null)) ?? "");
    out.field("Active:", yesNo(await device.isActive()));
    out.field("Persistent:", yesNo(await device.isPersistent()));
    out.field("Autostart:", await device.getAutostart().then(yesNo, () => "no autostart"));
  },
});

function named(connect: Connect, name: string): Promise<NodeDevice> {
  return doing(`Could not find matching device '${name}'`, connect.nodeDeviceLookupByName({ name }));
}
