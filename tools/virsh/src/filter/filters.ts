import { NwfilterBindingCreateFlags, NwfilterDefineFlags } from "@libvirt-ts/api";
import { arg, doing, flag } from "@libvirt-ts/cli";
import type { Connect, NwfilterBinding } from "@libvirt-ts/client";
import { command } from "../context.ts";
import { edit } from "../support/edit.ts";
import { readText } from "../support/files.ts";
import { findNwfilter } from "../support/lookup.ts";
import { byName, filterNames, xpathView } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";

export const nwfilterDefine = command("nwfilter-define", {
  help: "define a filter, or change its definition",
  options: { file: arg("file with the XML"), validate: flag("check against the schema") },
  async run({ file, validate }, { connect, out }) {
    const xml = await readText(file);
    const flags = validate ? NwfilterDefineFlags.VALIDATE : 0;
    const made =
      flags === 0 ? connect.nwfilterDefineXml({ xml }) : connect.nwfilterDefineXmlFlags({ xml, flags });
    const { name } = await doing(`Failed to define network filter from ${file}`, made);
    out.done(`Network filter ${name} defined from ${file}`);
  },
});

export const nwfilterDumpxml = command("nwfilter-dumpxml", {
  help: "show the XML of a filter",
  options: { nwfilter: arg("name or UUID of the filter", filterNames), ...xpathView },
  async run({ nwfilter: name, xpath, wrap }, { connect, out }) {
    const filter = await findNwfilter(connect, name);
    showXml(out, await filter.getXmlDesc(), { xpath, wrap });
  },
});

export const nwfilterEdit = command("nwfilter-edit", {
  help: "edit the definition of a filter",
  options: { nwfilter: arg("name or UUID of the filter", filterNames) },
  async run({ nwfilter: name }, context) {
    const { connect } = context;
    const filter = await findNwfilter(connect, name);
    await edit(context, {
      what: `Network filter ${filter.name}`,
      get: () => filter.getXmlDesc(),
      set: (xml) => connect.nwfilterDefineXml({ xml }),
    });
  },
});

export const nwfilterList = command("nwfilter-list", {
  help: "show filters",
  async run(_args, { connect, out }) {
    const list = doing("Failed to list network filters", connect.listAllNwfilters());
    const rows = byName(await list).map((filter) => [filter.uuidText, filter.name]);
    out.table(["UUID", "Name"], rows);
  },
});

export const nwfilterUndefine = command("nwfilter-undefine", {
  help: "forget a filter",
  options: { nwfilter: arg("name or UUID of the filter", filterNames) },
  async run({ nwfilter: name }, { connect, out }) {
    const filter = await findNwfilter(connect, name);
    await doing(`Failed to undefine network filter ${name}`, filter.undefine());
    out.done(`Network filter ${name} undefined`);
  },
});

export const nwfilterBindingCreate = command("nwfilter-binding-create", {
  help: "apply a filter to a port",
  options: { file: arg("file with the XML"), validate: flag("check against the schema") },
  async run({ file, validate }, { connect, out }) {
    const xml = await readText(file);
    const flags = validate ? NwfilterBindingCreateFlags.VALIDATE : 0;
    const binding = await doing(
      `Failed to create network filter from ${file}`,
      connect.nwfilterBindingCreateXml({ xml, flags }),
    );
    out.done(`Network filter binding on ${binding.portdev} created from ${file}`);
  },
});

export const nwfilterBindingDelete = command("nwfilter-binding-delete", {
  help: "no longer apply a filter to a port",
  options: { binding: arg("port device of the binding") },
  async run({ binding: name }, { connect, out }) {
    const binding = await findBinding(connect, name);
    await doing(`Failed to delete network filter binding on ${name}`, binding.delete());
    out.done(`Network filter binding on ${name} deleted`);
  },
});

const findBinding = (connect: Connect, portdev: string): Promise<NwfilterBinding> =>
  doing(
    `failed to get nwfilter binding '${portdev}'`,
    connect.nwfilterBindingLookupByPortDev({ name: portdev }),
  );
export const nwfilterBindingDumpxml = command("nwfilter-binding-dumpxml", {
  help: "show how a filter is applied",
  options: { binding: arg("port device of the binding"), ...xpathView },
  async run({ binding: name, xpath, wrap }, { connect, out }) {
    const binding = await findBinding(connect, name);
    showXml(out, await binding.getXmlDesc(), { xpath, wrap });
  },
});

export const nwfilterBindingList = command("nwfilter-binding-list", {
  help: "show which filters are applied",
  async run(_args, { connect, out }) {
    const list = doing("Failed to list network filter bindings", connect.listAllNwfilterBindings());
    const rows = (await list)
      .map(({ portdev, filtername }) => [portdev, filtername])
      .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
    out.table(["Port Dev", "Filter"], rows);
  },
});
