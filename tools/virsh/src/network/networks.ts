import {
  NetworkCreateFlags,
  NetworkDefineFlags,
  NetworkXmlFlags,
  ConnectListAllNetworksFlags as Which,
} from "@libvirt-ts/api";
import { arg, doing, flag, ShellError } from "@libvirt-ts/cli";
import { parseUuid } from "@libvirt-ts/util/uuid";
import { command } from "../context.ts";
import { edit, inactiveXml } from "../support/edit.ts";
import { readText } from "../support/files.ts";
import { findNetwork } from "../support/lookup.ts";
import { activityOf, byName, flagsOf, networkNames, xpathView, yesNo } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";

export const netAutostart = command("net-autostart", {
  help: "start a network with the host, or no longer",
  options: { network: arg("name or UUID of the network", networkNames), disable: flag("turn it off") },
  async run({ network: name, disable }, { connect, out }) {
    const network = await findNetwork(connect, name);
    const failure = `failed to ${disable ? "unmark" : "mark"} network ${name} as autostarted`;
    await doing(failure, network.setAutostart({ autostart: !disable }));
    out.done(`Network ${name} ${disable ? "unmarked" : "marked"} as autostarted`);
  },
});

export const netCreate = command("net-create", {
  help: "start a network that is not defined",
  options: { file: arg("file with the XML"), validate: flag("check against the schema") },
  async run({ file, validate }, { connect, out }) {
    const xml = await readText(file);
    const flags = validate ? NetworkCreateFlags.VALIDATE : 0;
    const made =
      flags === 0 ? connect.networkCreateXml({ xml }) : connect.networkCreateXmlFlags({ xml, flags });
    const { name } = await doing(`Failed to create network from ${file}`, made);
    out.done(`Network ${name} created from ${file}`);
  },
});

export const netDefine = command("net-define", {
  help: "define a network, or change its definition",
  options: { file: arg("file with the XML"), validate: flag("check against the schema") },
  async run({ file, validate }, { connect, out }) {
    const xml = await readText(file);
    const flags = validate ? NetworkDefineFlags.VALIDATE : 0;
    const made =
      flags === 0 ? connect.networkDefineXml({ xml }) : connect.networkDefineXmlFlags({ xml, flags });
    const { name } = await doing(`Failed to define network from ${file}`, made);
    out.done(`Network ${name} defined from ${file}`);
  },
});

export const netDestroy = command("net-destroy", {
  help: "stop a network",
  options: { network: arg("name or UUID of the network", networkNames) },
  async run({ network: name }, { connect, out }) {
    const network = await findNetwork(connect, name);
    await doing(`Failed to destroy network ${name}`, network.destroy());
    out.done(`Network ${name} destroyed`);
  },
});

export const netDumpxml = command("net-dumpxml", {
  help: "show the XML of a network",
  options: {
    network: arg("name or UUID of the network", networkNames),
    inactive: flag("what its next start uses"),
    ...xpathView,
  },
  async run({ network: name, inactive, xpath, wrap }, { connect, out }) {
    const network = await findNetwork(connect, name);
    const xml = await network.getXmlDesc({ flags: inactive ? NetworkXmlFlags.INACTIVE : 0 });
    showXml(out, xml, { xpath, wrap });
  },
});

export const netEdit = command("net-edit", {
  help: "edit the definition of a network",
  options: { network: arg("name or UUID of the network", networkNames) },
  async run({ network: name }, context) {
    const { connect } = context;
    const network = await findNetwork(connect, name);
    await edit(context, {
      what: `Network ${network.name}`,
      get: () => inactiveXml((flags) => network.getXmlDesc({ flags }), NetworkXmlFlags.INACTIVE),
      set: (xml) => connect.networkDefineXml({ xml }),
    });
  },
});

export const netInfo = command("net-info", {
  help: "tell about a network",
  options: { network: arg("name or UUID of the network", networkNames) },
  async run({ network: name }, { connect, out }) {
    const network = await findNetwork(connect, name);
    out.field("Name:", network.name);
    out.field("UUID:", network.uuidText);
    out.field("Active:", yesNo(await network.isActive()));
    out.field("Persistent:", yesNo(await network.isPersistent()));
    out.field("Autostart:", yesNo(await network.getAutostart()));
    const bridge = await network.getBridgeName().catch(() => undefined); // it has none
    if (bridge !== undefined) out.field("Bridge:", bridge);
  },
});

export const netList = command("net-list", {
  help: "show networks",
  options: {
    inactive: flag("those that do not run"),
    all: flag("those that run and those that do not"),
    persistent: flag("those that are defined"),
    transient: flag("those that are not defined"),
    autostart: flag("those that start with the host"),
    "no-autostart": flag("those that do not start with the host"),
    uuid: flag("UUIDs only"),
    name: flag("names only"),
    table: flag("as a table, which is the default"),
  },
  async run(args, { connect, out }) {
    const { uuid, name, table, persistent, transient, autostart, noAutostart } = args;
    if ([uuid, name, table].filter(Boolean).length > 1)
      throw new ShellError("Only one argument from --table, --name and --uuid may be specified.");
    const flags =
      activityOf(args, Which) |
      flagsOf([
        [persistent, Which.PERSISTENT],
        [transient, Which.TRANSIENT],
        [autostart, Which.AUTOSTART],
        [noAutostart, Which.NO_AUTOSTART],
      ]);
    const networks = byName(await doing("Failed to list networks", connect.listAllNetworks({ flags })));
    if (uuid || name) {
      for (const each of networks) out.line(uuid ? each.uuidText : each.name);
      return;
    }
    const rows = networks.map(async (each) => [
      each.name,
      (await each.isActive()) ? "active" : "inactive",
      await each.getAutostart().then(yesNo, () => "no autostart"),
      yesNo(await each.isPersistent()),
    ]);
    out.table(["Name", "State", "Autostart", "Persistent"], await Promise.all(rows));
  },
});

export const netName = command("net-name", {
  help: "tell the name that a UUID belongs to",
  options: { network: arg("name or UUID of the network", networkNames) },
  async run({ network: text }, { connect, out }) {
    if (parseUuid(text) === undefined) throw new ShellError(`failed to get network '${text}'`);
    out.line((await findNetwork(connect, text)).name);
  },
});

export const netStart = command("net-start", {
  help: "start a network that is defined",
  options: { network: arg("name or UUID of the network", networkNames) },
  async run({ network: name }, { connect, out }) {
    const network = await findNetwork(connect, name);
    await doing(`Failed to start network ${name}`, network.create());
    out.done(`Network ${name} started`);
  },
});

export const netUndefine = command("net-undefine", {
  help: "forget the definition of a network",
  options: { network: arg("name or UUID of the network", networkNames) },
  async run({ network: name }, { connect, out }) {
    const network = await findNetwork(connect, name);
    await doing(`Failed to undefine network ${name}`, network.undefine());
    out.done(`Network ${name} has been undefined`);
  },
});

export const netUuid = command("net-uuid", {
  help: "tell the UUID that a name belongs to",
  options: { network: arg("name or UUID of the network", networkNames) },
  async run({ network: name }, { connect, out }) {
    out.line((await findNetwork(connect, name)).uuidText);
  },
});
