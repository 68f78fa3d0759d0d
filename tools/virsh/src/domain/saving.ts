import { resolve } from "node:path";
import {
  DomainCoreDumpFlags,
  DomainCoreDumpFormat,
  DomainSaveImageXmlFlags,
  DomainSaveRestoreFlags as Flags,
} from "@libvirt-ts/api";
import { arg, doing, flag, ShellError, text } from "@libvirt-ts/cli";
import { command } from "../context.ts";
import { edit } from "../support/edit.ts";
import { readText } from "../support/files.ts";
import { findDomain } from "../support/lookup.ts";
import { domain, flagsOf, xpathView } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";
import { watched } from "./progress.ts";

interface After {
  readonly running: boolean;
  readonly paused: boolean;
  readonly bypassCache?: boolean;
  readonly resetNvram?: boolean;
}

const flagsAfter = ({ running, paused, bypassCache = false, resetNvram = false }: After): number =>
  flagsOf([
    [bypassCache, Flags.BYPASS_CACHE],
    [running, Flags.RUNNING],
    [paused, Flags.PAUSED],
    [resetNvram, Flags.RESET_NVRAM],
  ]);

export const save = command("save", {
  help: "save a running domain to a file and stop it",
  options: {
    domain,
    file: arg("where the state goes"),
    "bypass-cache": flag("keep the file out of the host's cache"),
    xml: text("file with XML"),
    running: flag("let it run"),
    paused: flag("leave it paused"),
    verbose: flag("show how far it is"),
  },
  async run(args, context) {
    const { connect, out } = context;
    const { domain: name, xml: xmlFile } = args;
    const domain = await findDomain(connect, name);
    const to = resolve(args.file);
    const flags = flagsAfter(args);
    const dxml = xmlFile === undefined ? null : await readText(xmlFile);
    const done = flags !== 0 || dxml !== null ? domain.saveFlags({ to, dxml, flags }) : domain.save({ to });
    await watched(context, domain, {
      what: "Save",
      verbose: args.verbose,
      work: doing(`Failed to save domain '${name}' to ${args.file}`, done),
    });
    out.done(`\nDomain '${name}' saved to ${args.file}`);
  },
});

export const restore = command("restore", {
  help: "start a domain from a saved state",
  options: {
    file: arg("file with the state"),
    "bypass-cache": flag("keep the file out of the host's cache"),
    xml: text("file with XML"),
    running: flag("let it run"),
    paused: flag("leave it paused"),
    "reset-nvram": flag("with a fresh NVRAM"),
  },
  async run(args, { connect, out }) {
    const from = resolve(args.file);
    const flags = flagsAfter(args);
    const dxml = args.xml === undefined ? null : await readText(args.xml);
    const done =
      flags !== 0 || dxml !== null
        ? connect.domainRestoreFlags({ from, dxml, flags })
        : connect.domainRestore({ from });
    await doing(`Failed to restore domain from ${args.file}`, done);
    out.done(`Domain restored from ${args.file}`);
  },
});

export const saveImageDumpxml = command("save-image-dumpxml", {
  help: "show the XML in a saved state",
  options: { file: arg("file with the state"), "security-info": flag("with what is secret"), ...xpathView },
  async run({ file, securityInfo, xpath, wrap }, { connect, out }) {
    const flags = securityInfo ? DomainSaveImageXmlFlags.SECURE : 0;
    showXml(out, await connect.domainSaveImageGetXmlDesc({ file: resolve(file), flags }), { xpath, wrap });
  },
});

export const saveImageDefine = command("save-image-define", {
  help: "change the XML in a saved state",
  options: {
    file: arg("file with the state"),
    xml: arg("file with XML"),
    running: flag("let it run"),
    paused: flag("leave it paused"),
  },
  async run(args, { connect, out }) {
    const dxml = await readText(args.xml);
    const flags = flagsAfter(args);
    const done = connect.domainSaveImageDefineXml({ file: resolve(args.file), dxml, flags });
    await doing(`Failed to update ${args.file}`, done);
    out.done(`State file ${args.file} updated.`);
  },
});

export const saveImageEdit = command("save-image-edit", {
  help: "edit the XML in a saved state",
  options: { file: arg("file with the state"), running: flag("let it run"), paused: flag("leave it paused") },
  async run(args, context) {
    const { connect } = context;
    const file = resolve(args.file);
    await edit(context, {
      what: "State file",
      edited: `${args.file} edited.`,
      saidUnchanged: `Saved image ${args.file} XML configuration not changed.`,
      get: () => connect.domainSaveImageGetXmlDesc({ file, flags: DomainSaveImageXmlFlags.SECURE }),
      set: (dxml) => connect.domainSaveImageDefineXml({ file, dxml, flags: flagsAfter(args) }),
    });
  },
});

export const managedsave = command("managedsave", {
  help: "save a running domain; its next start goes on from there",
  options: {
    domain,
    "bypass-cache": flag("keep the file out of the host's cache"),
    running: flag("let it run"),
    paused: flag("leave it paused"),
    verbose: flag("show how far it is"),
  },
  async run(args, context) {
    const { connect, out } = context;
    const domain = await findDomain(connect, args.domain);
    await watched(context, domain, {
      what: "Managedsave",
      verbose: args.verbose,
      work: doing(
        `Failed to save domain '${args.domain}' state`,
        domain.managedSave({ flags: flagsAfter(args) }),
      ),
    });
    out.done(`\nDomain '${args.domain}' state saved by libvirt`);
  },
});

export const managedsaveRemove = command("managedsave-remove", {
  help: "forget the saved state of a domain",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const has = await doing("Failed to check for domain managed save image", domain.hasManagedSaveImage());
    if (has === 0) {
      out.extra(`Domain '${name}' has no manage save image; removal skipped`);
      return;
    }
    await doing(`Failed to remove managed save image for domain '${name}'`, domain.managedSaveRemove());
    out.extra(`Removed managedsave image for domain '${name}'`);
  },
});

export const managedsaveDumpxml = command("managedsave-dumpxml", {
  help: "show the XML in the saved state of a domain",
  options: { domain, "security-info": flag("with what is secret"), ...xpathView },
  async run({ domain: name, securityInfo, xpath, wrap }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const flags = securityInfo ? DomainSaveImageXmlFlags.SECURE : 0;
    showXml(out, await domain.managedSaveGetXmlDesc({ flags }), { xpath, wrap });
  },
});

export const managedsaveDefine = command("managedsave-define", {
  help: "change the XML in the saved state of a domain",
  options: {
    domain,
    xml: arg("file with XML"),
    running: flag("let it run"),
    paused: flag("leave it paused"),
  },
  async run(args, { connect, out }) {
    const domain = await findDomain(connect, args.domain);
    const dxml = await readText(args.xml);
    const done = domain.managedSaveDefineXml({ dxml, flags: flagsAfter(args) });
    await doing(`Failed to update ${args.domain} XML configuration`, done);
    out.done(`Managed save state file of domain '${args.domain}' updated.`);
  },
});

export const managedsaveEdit = command("managedsave-edit", {
  help: "edit the XML in the saved state of a domain",
  options: { domain, running: flag("let it run"), paused: flag("leave it paused") },
  async run(args, context) {
    const domain = await findDomain(context.connect, args.domain);
    await edit(context, {
      what: "Managed save image",
      edited: `of domain '${domain.name}' XML configuration edited.`,
      saidUnchanged: `Managed save image of domain '${domain.name}' XML configuration not changed.`,
      get: () => domain.managedSaveGetXmlDesc({ flags: DomainSaveImageXmlFlags.SECURE }),
      set: (dxml) => domain.managedSaveDefineXml({ dxml, flags: flagsAfter(args) }),
    });
  },
});

export const dump = command("dump", {
  help: "write the memory of a domain into a file",
  options: {
    domain,
    file: arg("where the core goes"),
    live: flag("without stopping it"),
    crash: flag("stop the guest afterwards"),
    "bypass-cache": flag("keep the file out of the host's cache"),
    reset: flag("back to the beginning"),
    verbose: flag("show how far it is"),
    "memory-only": flag("memory of the guest alone"),
    format: text("format of the image"),
  },
  async run(args, context) {
    const { connect, out } = context;
    const { domain: name, live, crash, reset, memoryOnly, bypassCache, format } = args;
    const domain = await findDomain(connect, name);
    const to = resolve(args.file);
    const flags = flagsOf([
      [live, DomainCoreDumpFlags.LIVE],
      [crash, DomainCoreDumpFlags.CRASH],
      [bypassCache, DomainCoreDumpFlags.BYPASS_CACHE],
      [reset, DomainCoreDumpFlags.RESET],
      [memoryOnly, DomainCoreDumpFlags.MEMORY_ONLY],
    ]);
    if (format !== undefined && !memoryOnly) throw new ShellError("--format only works with --memory-only");
    const dumpformat = formatOf(format);
    const done =
      dumpformat === DomainCoreDumpFormat.RAW
        ? domain.coreDump({ to, flags })
        : domain.coreDumpWithFormat({ to, dumpformat, flags });
    await watched(context, domain, {
      what: "Dump",
      verbose: args.verbose,
      work: doing(`Failed to core dump domain '${name}' to ${args.file}`, done),
    });
    out.done(`\nDomain '${name}' dumped to ${args.file}`);
  },
});

function formatOf(format: string | undefined): number {
  const formats: Readonly<Record<string, number>> = {
    "kdump-zlib": DomainCoreDumpFormat.KDUMP_ZLIB,
    "kdump-lzo": DomainCoreDumpFormat.KDUMP_LZO,
    "kdump-snappy": DomainCoreDumpFormat.KDUMP_SNAPPY,
    "win-dmp": DomainCoreDumpFormat.WIN_DMP,
    elf: DomainCoreDumpFormat.RAW,
  };
  const found = format === undefined ? DomainCoreDumpFormat.RAW : formats[format];
  if (found !== undefined) return found;
  const known = "'kdump-zlib', 'kdump-lzo', 'kdump-snappy', 'win-dmp' or 'elf'";
  throw new ShellError(`format '${format}' is not supported, expecting ${known}`);
}
