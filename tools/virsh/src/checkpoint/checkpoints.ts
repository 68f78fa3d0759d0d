import {
  DomainCheckpointCreateFlags as Create,
  DomainBackupBeginFlags,
  DomainCheckpointDeleteFlags,
  DomainCheckpointXmlFlags,
  DomainCheckpointListFlags as Which,
} from "@libvirt-ts/api";
import { doing, flag, many, ShellError, text } from "@libvirt-ts/cli";
import type { Connect, DomainCheckpoint } from "@libvirt-ts/client";
import { ErrorCode, VirError } from "@libvirt-ts/errors";
import { parseXml } from "@libvirt-ts/xml";
import { command } from "../context.ts";
import { checkpointDiskXml } from "../snapshot/disk-spec.ts";
import { edit } from "../support/edit.ts";
import { readText } from "../support/files.ts";
import { findDomain } from "../support/lookup.ts";
import { byName, domain, exclusive, flagsOf, requires, xpathView } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";
import { localDateTimeWithZone } from "../support/time.ts";
import { formatTrees } from "../support/tree.ts";
import { at, present, tag } from "../support/xml.ts";

export const checkpointCreate = command("checkpoint-create", {
  help: "make a checkpoint",
  options: {
    domain,
    xmlfile: text("file that describes it"),
    redefine: flag("tell libvirt again of one that exists"),
    "redefine-validate": flag("and check that it fits"),
    quiesce: flag("freeze its file systems meanwhile"),
  },
  async run({ domain: name, xmlfile, redefine, redefineValidate, quiesce }, { connect, out }) {
    requires("redefine-validate", redefineValidate, "redefine", redefine);
    const flags = flagsOf([
      [redefine, Create.REDEFINE],
      [redefineValidate, Create.REDEFINE_VALIDATE],
      [quiesce, Create.QUIESCE],
    ]);
    const domain = await findDomain(connect, name);
    const xmlDesc = xmlfile === undefined ? "<domaincheckpoint/>" : await readText(xmlfile);
    const checkpoint = await domain.checkpointCreateXml({ xmlDesc, flags });
    const from = xmlfile === undefined ? "" : ` from '${xmlfile}'`;
    out.extra(`Domain checkpoint ${checkpoint.name} created${from}`);
  },
});

export const checkpointCreateAs = command("checkpoint-create-as", {
  help: "make a checkpoint that is described by options",
  options: {
    domain,
    name: text("name of the checkpoint"),
    description: text("what it is for"),
    "print-xml": flag("show the XML, do nothing"),
    quiesce: flag("freeze its file systems meanwhile"),
    diskspec: many("what becomes of one disk: NAME[,key=value...]"),
  },
  async run({ domain: domainName, name, description, printXml, quiesce, diskspec }, { connect, out }) {
    const domain = await findDomain(connect, domainName);
    const disks = diskspec.map(checkpointDiskXml);
    const xmlDesc = `${tag(
      "domaincheckpoint",
      {},
      present([
        name !== undefined && tag("name", {}, name),
        description !== undefined && tag("description", {}, description),
        disks.length > 0 && tag("disks", {}, disks),
      ]),
    )}\n`;
    if (printXml) {
      out.text(`${xmlDesc}\n`);
      return;
    }
    const flags = quiesce ? Create.QUIESCE : 0;
    const checkpoint = await domain.checkpointCreateXml({ xmlDesc, flags });
    out.extra(`Domain checkpoint ${checkpoint.name} created`);
  },
});

export const checkpointDelete = command("checkpoint-delete", {
  help: "delete a checkpoint",
  options: {
    domain,
    checkpointname: text("name of the checkpoint"),
    children: flag("its children too"),
    "children-only": flag("its children, not itself"),
    metadata: flag("forget it, leave disks as they are"),
  },
  async run({ domain, checkpointname, children, childrenOnly, metadata }, { connect, out }) {
    const checkpoint = await findCheckpoint(connect, domain, checkpointname);
    const Flags = DomainCheckpointDeleteFlags;
    const flags = flagsOf([
      [children, Flags.CHILDREN],
      [childrenOnly, Flags.CHILDREN_ONLY],
      [metadata, Flags.METADATA_ONLY],
    ]);
    const failure = `Failed to delete checkpoint ${checkpoint.name}`;
    await doing(failure, checkpoint.delete({ flags }));
    const what = childrenOnly ? `${checkpoint.name} children` : checkpoint.name;
    out.done(`Domain checkpoint ${what} deleted`);
  },
});

/** @throws ShellError if no name is given */
async function findCheckpoint(
  connect: Connect,
  domainName: string,
  name: string | undefined,
): Promise<DomainCheckpoint> {
  const domain = await findDomain(connect, domainName);
  if (name === undefined) throw new ShellError("--checkpointname is required");
  return domain.checkpointLookupByName({ name });
}
export const checkpointDumpxml = command("checkpoint-dumpxml", {
  help: "show the XML of a checkpoint",
  options: {
    domain,
    checkpointname: text("name of the checkpoint"),
    "security-info": flag("with what is secret"),
    "no-domain": flag("without the domain"),
    size: flag("with the size of what changed since"),
    ...xpathView,
  },
  async run({ domain, checkpointname, securityInfo, noDomain, size, xpath, wrap }, { connect, out }) {
    const checkpoint = await findCheckpoint(connect, domain, checkpointname);
    const Flags = DomainCheckpointXmlFlags;
    const flags = flagsOf([
      [securityInfo, Flags.SECURE],
      [noDomain, Flags.NO_DOMAIN],
      [size, Flags.SIZE],
    ]);
    showXml(out, await checkpoint.getXmlDesc({ flags }), { xpath, wrap });
  },
});

export const checkpointEdit = command("checkpoint-edit", {
  help: "edit the description of a checkpoint",
  options: { domain, checkpointname: text("name of the checkpoint") },
  async run({ domain: domainName, checkpointname }, context) {
    const { connect } = context;
    const domain = await findDomain(connect, domainName);
    const checkpoint = await findCheckpoint(connect, domainName, checkpointname);
    await edit(context, {
      what: `Checkpoint ${checkpoint.name}`,
      edited: "edited.",
      get: () => checkpoint.getXmlDesc({ flags: DomainCheckpointXmlFlags.SECURE }),
      set: (xmlDesc) => domain.checkpointCreateXml({ xmlDesc, flags: Create.REDEFINE }),
    });
  },
});

export const checkpointInfo = command("checkpoint-info", {
  help: "tell about a checkpoint",
  options: { domain, checkpointname: text("name of the checkpoint") },
  async run({ domain, checkpointname }, { connect, out }) {
    const checkpoint = await findCheckpoint(connect, domain, checkpointname);
    const parent = await parentName(checkpoint);
    const children = await checkpoint.listAllChildren();
    const descendants = await checkpoint.listAllChildren({ flags: Which.DESCENDANTS });
    out.field("Name:", checkpoint.name);
    out.field("Domain:", checkpoint.dom.name);
    out.field("Parent:", parent ?? "-");
    out.field("Children:", String(children.length));
    out.field("Descendants:", String(descendants.length));
  },
});

async function parentName(checkpoint: DomainCheckpoint): Promise<string | undefined> {
  try {
    return (await checkpoint.getParent()).name;
  } catch (error) {
    if (error instanceof VirError && error.code === ErrorCode.NO_DOMAIN_CHECKPOINT) return undefined;
    throw error;
  }
}
export const checkpointList = command("checkpoint-list", {
  help: "show the checkpoints of a domain",
  options: {
    domain,
    parent: flag("with the name of the parent"),
    roots: flag("those without parents"),
    leaves: flag("those without children"),
    "no-leaves": flag("those with children"),
    tree: flag("as a tree"),
    from: text("begin at this one"),
    descendants: flag("all below it"),
    name: flag("names only"),
    topological: flag("parents before children"),
  },
  async run(args, { connect, out }) {
    const { tree, name, parent, roots, from, descendants, topological, leaves, noLeaves } = args;
    exclusive({ tree, name });
    exclusive({ parent, roots });
    exclusive({ parent, tree });
    exclusive({ roots, tree });
    exclusive({ roots, from });
    requires("descendants", descendants, "from", from);
    const domain = await findDomain(connect, args.domain);
    const flags = flagsOf([
      [roots, Which.ROOTS],
      [leaves, Which.LEAVES],
      [noLeaves, Which.NO_LEAVES],
      [topological, Which.TOPOLOGICAL],
      [descendants || (tree && from !== undefined), Which.DESCENDANTS],
    ]);
    const found =
      from === undefined
        ? await domain.listAllCheckpoints({ flags })
        : await (await findCheckpoint(connect, args.domain, from)).listAllChildren({ flags });
    const checkpoints = topological ? found : byName(found);
    const parents = tree || parent ? await Promise.all(checkpoints.map(parentName)) : [];
    if (tree) {
      out.text(formatTrees(checkpoints.map((each, place) => ({ name: each.name, parent: parents[place] }))));
      return;
    }
    if (name) {
      for (const each of checkpoints) out.line(each.name);
      return;
    }
    const rows = checkpoints.map(async (each, place) => {
      const time = Number(at(parseXml(await each.getXmlDesc()), "creationTime")?.text);
      const cells = [each.name, localDateTimeWithZone(time)];
      return parent ? [...cells, parents[place] ?? ""] : cells;
    });
    out.table(["Name", "Creation Time", ...(parent ? ["Parent"] : [])], await Promise.all(rows));
  },
});

export const checkpointParent = command("checkpoint-parent", {
  help: "tell what a checkpoint was made after",
  options: { domain, checkpointname: text("name of the checkpoint") },
  async run({ domain, checkpointname }, { connect, out }) {
    const checkpoint = await findCheckpoint(connect, domain, checkpointname);
    const parent = await parentName(checkpoint);
    if (parent === undefined) throw new ShellError(`checkpoint '${checkpoint.name}' has no parent`);
    out.text(parent);
  },
});

export const backupBegin = command("backup-begin", {
  help: "begin a backup of the disks of a running domain",
  options: {
    domain,
    backupxml: text("file that describes the backup"),
    checkpointxml: text("file that describes a checkpoint"),
    "reuse-external": flag("files are there already"),
  },
  async run({ domain: name, backupxml, checkpointxml, reuseExternal }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const text = backupxml === undefined ? "<domainbackup/>" : await readText(backupxml);
    const checkpoint = checkpointxml === undefined ? null : await readText(checkpointxml);
    const flags = reuseExternal ? DomainBackupBeginFlags.REUSE_EXTERNAL : 0;
    await domain.backupBegin({ backupXml: text, checkpointXml: checkpoint, flags });
    const from = backupxml === undefined ? "" : ` from '${backupxml}'`;
    const made = checkpointxml === undefined ? "" : ` with checkpoint from '${checkpointxml}'`;
    out.extra(`Backup started${from}${made}`);
  },
});

export const backupDumpxml = command("backup-dumpxml", {
  help: "show the XML of the backup that goes on",
  options: { domain, ...xpathView },
  async run({ domain, xpath, wrap }, { connect, out }) {
    showXml(out, await (await findDomain(connect, domain)).backupGetXmlDesc(), { xpath, wrap });
  },
});
