import { DomainMetadataType, DomainUndefineFlags, DomainXmlFlags } from "@libvirt-ts/api";
import { arg, doing, flag, many, named, ShellError, text } from "@libvirt-ts/cli";
import { ErrorCode, VirError } from "@libvirt-ts/errors";
import { command } from "../context.ts";
import { editText, edit as editXml } from "../support/edit.ts";
import { readText } from "../support/files.ts";
import { findDomain } from "../support/lookup.ts";
import { affect, domain, exclusive, flagsOf, impactOf, xpathView } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";
import { removeVolumes, volumesOf } from "./undefine-storage.ts";

export const dumpxml = command("dumpxml", {
  help: "show the XML of a domain",
  options: {
    domain,
    inactive: flag("what its next start uses"),
    "security-info": flag("with what is secret"),
    "update-cpu": flag("with the processor it would get"),
    migratable: flag("fit for migration"),
    ...xpathView,
  },
  async run({ domain: name, inactive, securityInfo, updateCpu, migratable, xpath, wrap }, { connect, out }) {
    const flags = flagsOf([
      [inactive, DomainXmlFlags.INACTIVE],
      [securityInfo, DomainXmlFlags.SECURE],
      [updateCpu, DomainXmlFlags.UPDATE_CPU],
      [migratable, DomainXmlFlags.MIGRATABLE],
    ]);
    const domain = await findDomain(connect, name);
    showXml(out, await domain.getXmlDesc({ flags }), { xpath, wrap });
  },
});

export const edit = command("edit", {
  help: "edit the definition of a domain",
  options: { domain, "skip-validate": flag("do not check against the schema") },
  async run({ domain: name, skipValidate }, context) {
    const { connect } = context;
    const domain = await findDomain(connect, name);
    const flags = skipValidate ? 0 : 1; // VALIDATE
    await editXml(context, {
      what: `Domain '${domain.name}'`,
      get: () => domain.getXmlDesc({ flags: DomainXmlFlags.INACTIVE | DomainXmlFlags.SECURE }),
      set: (xml) => connect.domainDefineXmlFlags({ xml, flags }),
    });
  },
});

export const undefine = command("undefine", {
  help: "forget the definition of a domain",
  options: {
    domain,
    "managed-save": flag("its saved state too"),
    storage: text("these volumes too: TARGET or PATH,..."),
    "remove-all-storage": flag("its volumes too"),
    "delete-storage-volume-snapshots": flag("snapshots of its volumes too"),
    "wipe-storage": flag("overwrite volumes before they go"),
    "snapshots-metadata": flag("forget its snapshots too"),
    "checkpoints-metadata": flag("forget its checkpoints too"),
    nvram: flag("its NVRAM file too"),
    "keep-nvram": flag("leave its NVRAM file"),
    tpm: flag("the state of its TPM too"),
    "keep-tpm": flag("leave the state of its TPM"),
  },
  async run(args, context) {
    const { connect, out } = context;
    const { nvram, keepNvram, tpm, keepTpm, storage, removeAllStorage, wipeStorage } = args;
    exclusive({ nvram, "keep-nvram": keepNvram });
    exclusive({ tpm, "keep-tpm": keepTpm });
    exclusive({ storage, "remove-all-storage": removeAllStorage });
    if (wipeStorage && storage === undefined && !removeAllStorage)
      throw new ShellError("'--wipe-storage' requires '--storage <string>' or '--remove-all-storage'");
    const domain = await findDomain(connect, args.domain);
    const Flags = DomainUndefineFlags;
    const flags = flagsOf([
      [args.managedSave, Flags.MANAGED_SAVE],
      [args.snapshotsMetadata, Flags.SNAPSHOTS_METADATA],
      [args.checkpointsMetadata, Flags.CHECKPOINTS_METADATA],
      [nvram, Flags.NVRAM],
      [keepNvram, Flags.KEEP_NVRAM],
      [tpm, Flags.TPM],
      [keepTpm, Flags.KEEP_TPM],
    ]);
    const wantsStorage = storage !== undefined || removeAllStorage;
    if (wantsStorage && (await domain.isActive()))
      throw new ShellError("Storage volume deletion is supported only on stopped domains");
    const volumes = wantsStorage ? await volumesOf(context, domain, storage) : [];
    const done = flags === 0 ? domain.undefine() : domain.undefineFlags({ flags });
    await doing(`Failed to undefine domain '${domain.name}'`, done);
    out.done(`Domain '${domain.name}' has been undefined`);
    await removeVolumes(context, volumes, {
      wipe: wipeStorage,
      snapshots: args.deleteStorageVolumeSnapshots,
    });
  },
});

export const domrename = command("domrename", {
  help: "give a domain another name",
  options: { domain, "new-name": arg("the new name") },
  async run({ domain: name, newName }, { connect, out }) {
    const domain = await findDomain(connect, name);
    await domain.rename({ newName });
    out.done("Domain successfully renamed");
  },
});

export const desc = command("desc", {
  help: "tell or set the title or the description of a domain",
  options: {
    domain,
    live: flag("of the running domain"),
    config: flag("of its next start"),
    current: flag("of the state it is in"),
    title: flag("the title instead"),
    edit: flag("open an editor"),
    "new-desc": many("the new text"),
  },
  async run(args, { connect, out, shell }) {
    const { domain: name, title, edit: inEditor, newDesc } = args;
    const flags = impactOf(args);
    const domain = await findDomain(connect, name);
    const { TITLE, DESCRIPTION } = DomainMetadataType;
    const type = title ? TITLE : DESCRIPTION;
    const what = title ? "title" : "description";
    const current = async () => metadataOf(domain.getMetadata({ type, flags }));
    if (!inEditor && newDesc.length === 0) {
      const text = await current();
      if (text === undefined || text === "") out.extra(`No ${what} for domain: ${domain.name}`);
      else out.text(text);
      return;
    }
    let text = newDesc.join(" ");
    if (inEditor) {
      const edited = await editText(`${text || ((await current()) ?? "")}`, shell);
      if (edited === undefined) {
        out.extra("Domain description not changed\n");
        return;
      }
      text = edited.replace(/\n+$/, "");
    }
    const set = domain.setMetadata({
      type,
      metadata: text === "" ? null : text,
      key: null,
      uri: null,
      flags,
    });
    await doing(`Failed to set new domain ${what}`, set);
    out.extra(`Domain ${what} updated successfully`);
  },
});

/** Absent where there is none. */
async function metadataOf(text: Promise<string>): Promise<string | undefined> {
  try {
    return await text;
  } catch (error) {
    if (error instanceof VirError && error.code === ErrorCode.NO_DOMAIN_METADATA) return undefined;
    throw error;
  }
}
export const metadata = command("metadata", {
  help: "tell or set what an application keeps with a domain",
  options: {
    domain,
    uri: arg("URI of the namespace"),
    live: flag("of the running domain"),
    config: flag("of its next start"),
    current: flag("of the state it is in"),
    edit: flag("open an editor"),
    key: text("prefix of the XML namespace"),
    set: text("the new XML"),
    remove: flag("take it away"),
  },
  async run(args, { connect, out, shell }) {
    const { domain: name, uri, edit: inEditor, key, set, remove } = args;
    exclusive({ edit: inEditor, set });
    exclusive({ remove, set });
    exclusive({ remove, edit: inEditor });
    if ((inEditor || set !== undefined) && key === undefined)
      throw new ShellError("namespace key is required when modifying metadata");
    const flags = impactOf(args);
    const domain = await findDomain(connect, name);
    const type = DomainMetadataType.ELEMENT;
    if (set !== undefined || remove) {
      await domain.setMetadata({ type, metadata: set ?? null, key: key ?? null, uri, flags });
      out.extra(remove ? "Metadata removed\n" : "Metadata modified\n");
    } else if (inEditor) {
      const before = (await metadataOf(domain.getMetadata({ type, uri, flags }))) ?? "\n";
      const metadata = await editText(before, shell);
      if (metadata === undefined) {
        out.extra("Metadata not changed\n");
        return;
      }
      await domain.setMetadata({ type, metadata, key: key ?? null, uri, flags });
      out.extra("Metadata modified\n");
    } else out.line(await domain.getMetadata({ type, uri, flags }));
  },
});

export const setLifecycleAction = command("set-lifecycle-action", {
  help: "say what becomes of a domain whose guest shuts down, reboots or crashes",
  options: {
    domain,
    type: arg("poweroff, reboot or crash"),
    action: arg("destroy, restart, rename-restart, preserve ..."),
    ...affect,
  },
  async run(args, { connect }) {
    const type = ["poweroff", "reboot", "crash"].indexOf(args.type);
    if (type < 0) throw new ShellError(`Invalid lifecycle type '${args.type}'.`);
    const action = actionNames.indexOf(args.action);
    if (action < 0) throw new ShellError(`Invalid lifecycle action '${args.action}'.`);
    const flags = impactOf(args);
    const domain = await findDomain(connect, args.domain);
    await doing("Unable to change lifecycle action.", domain.setLifecycleAction({ type, action, flags }));
  },
});

/** In the order of their numbers. */
const actionNames = [
  "destroy",
  "restart",
  "rename-restart",
  "preserve",
  "coredump-destroy",
  "coredump-restart",
];
export const domxmlFromNative = command("domxml-from-native", {
  help: "make XML of a hypervisor's own configuration",
  options: { format: arg("format it is in"), config: arg("file with it") },
  async run({ format: nativeFormat, config: file }, { connect, out }) {
    const nativeConfig = await readText(file);
    out.text(await connect.domainXmlFromNative({ nativeFormat, nativeConfig }));
  },
});

export const domxmlToNative = command("domxml-to-native", {
  help: "make a hypervisor's own configuration of XML",
  options: {
    format: arg("format it shall get"),
    domain: named(text("name, id or UUID of the domain")),
    xml: text("file with XML"),
  },
  async run({ format: nativeFormat, domain: name, xml: file }, { connect, out }) {
    exclusive({ domain: name, xml: file });
    if (name === undefined && file === undefined) throw new ShellError("need either domain or domain XML");
    const domainXml =
      name === undefined
        ? await readText(file ?? "")
        : await (await findDomain(connect, name)).getXmlDesc({ flags: 0 });
    out.text(await connect.domainXmlToNative({ nativeFormat, domainXml }));
  },
});
