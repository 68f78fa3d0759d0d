import {
  InterfaceDefineFlags,
  InterfaceXmlFlags,
  ConnectListAllInterfacesFlags as Which,
} from "@libvirt-ts/api";
import { arg, doing, flag, ShellError } from "@libvirt-ts/cli";
import { command } from "../context.ts";
import { edit } from "../support/edit.ts";
import { readText } from "../support/files.ts";
import { findInterface, isMac } from "../support/lookup.ts";
import { activityOf, byName, interfaceNames, xpathView } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";

export const ifaceBegin = command("iface-begin", {
  help: "begin changes that can be taken back",
  async run(_args, { connect, out }) {
    await doing("Failed to begin network config change transaction", connect.interfaceChangeBegin());
    out.done("Network config change transaction started");
  },
});

export const ifaceCommit = command("iface-commit", {
  help: "keep the changes since iface-begin",
  async run(_args, { connect, out }) {
    await doing("Failed to commit network config change transaction", connect.interfaceChangeCommit());
    out.done("Network config change transaction committed");
  },
});

export const ifaceRollback = command("iface-rollback", {
  help: "take the changes since iface-begin back",
  async run(_args, { connect, out }) {
    await doing("Failed to rollback network config change transaction", connect.interfaceChangeRollback());
    out.done("Network config change transaction rolled back");
  },
});

export const ifaceDefine = command("iface-define", {
  help: "define an interface of the host, or change its definition",
  options: { file: arg("file with the XML"), validate: flag("check against the schema") },
  async run({ file, validate }, { connect, out }) {
    const xml = await readText(file);
    const flags = validate ? InterfaceDefineFlags.VALIDATE : 0;
    const { name } = await doing(
      `Failed to define interface from ${file}`,
      connect.interfaceDefineXml({ xml, flags }),
    );
    out.done(`Interface ${name} defined from ${file}`);
  },
});

export const ifaceDestroy = command("iface-destroy", {
  help: "take an interface of the host down",
  options: { interface: arg("device name or MAC of the interface", interfaceNames) },
  async run({ interface: name }, { connect, out }) {
    const found = await findInterface(connect, name);
    await doing(`Failed to destroy interface ${name}`, found.destroy());
    out.done(`Interface ${name} destroyed`);
  },
});

export const ifaceDumpxml = command("iface-dumpxml", {
  help: "show the XML of an interface",
  options: {
    interface: arg("device name or MAC of the interface", interfaceNames),
    inactive: flag("what its next start uses"),
    ...xpathView,
  },
  async run({ interface: name, inactive, xpath, wrap }, { connect, out }) {
    const found = await findInterface(connect, name);
    const xml = await found.getXmlDesc({ flags: inactive ? InterfaceXmlFlags.INACTIVE : 0 });
    showXml(out, xml, { xpath, wrap });
  },
});

export const ifaceEdit = command("iface-edit", {
  help: "edit the definition of an interface",
  options: { interface: arg("device name or MAC of the interface", interfaceNames) },
  async run({ interface: name }, context) {
    const { connect } = context;
    const found = await findInterface(connect, name);
    await edit(context, {
      what: `Interface ${found.name}`,
      get: () => found.getXmlDesc({ flags: InterfaceXmlFlags.INACTIVE }),
      set: (xml) => connect.interfaceDefineXml({ xml }),
    });
  },
});

export const ifaceList = command("iface-list", {
  help: "show interfaces of the host",
  options: { inactive: flag("those that do not run"), all: flag("those that are up and those that are not") },
  async run(args, { connect, out }) {
    const flags = activityOf(args, Which);
    const list = doing("Failed to list interfaces", connect.listAllInterfaces({ flags }));
    const rows = byName(await list).map(async (each) => [
      each.name,
      (await each.isActive()) ? "active" : "inactive",
      each.mac,
    ]);
    out.table(["Name", "State", "MAC Address"], await Promise.all(rows));
  },
});

export const ifaceMac = command("iface-mac", {
  help: "tell the MAC address of an interface",
  options: { interface: arg("device name or MAC of the interface", interfaceNames) },
  async run({ interface: name }, { connect, out }) {
    const failure = `failed to get interface '${name}'`;
    if (isMac(name)) throw new ShellError(failure);
    out.line((await doing(failure, connect.interfaceLookupByName({ name }))).mac);
  },
});

export const ifaceName = command("iface-name", {
  help: "tell which interface has a MAC address",
  options: { interface: arg("MAC address") },
  async run({ interface: mac }, { connect, out }) {
    if (!isMac(mac)) throw new ShellError(`failed to get interface '${mac}'`);
    const failure = `failed to get interface '${mac}'`;
    out.line((await doing(failure, connect.interfaceLookupByMacString({ mac }))).name);
  },
});

export const ifaceStart = command("iface-start", {
  help: "bring an interface of the host up",
  options: { interface: arg("device name or MAC of the interface", interfaceNames) },
  async run({ interface: name }, { connect, out }) {
    const found = await findInterface(connect, name);
    await doing(`Failed to start interface ${name}`, found.create());
    out.done(`Interface ${name} started`);
  },
});

export const ifaceUndefine = command("iface-undefine", {
  help: "forget the definition of an interface",
  options: { interface: arg("device name or MAC of the interface", interfaceNames) },
  async run({ interface: name }, { connect, out }) {
    const found = await findInterface(connect, name);
    await doing(`Failed to undefine interface ${name}`, found.undefine());
    out.done(`Interface ${name} undefined`);
  },
});
