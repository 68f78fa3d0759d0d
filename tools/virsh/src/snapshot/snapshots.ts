import {
  DomainSnapshotCreateFlags as Create,
  DomainSnapshotDeleteFlags,
  DomainSnapshotRevertFlags,
  DomainSnapshotXmlFlags,
} from "@libvirt-ts/api";
import { arg, doing, flag, many, named, ShellError, text } from "@libvirt-ts/cli";
import type { Connect, DomainSnapshot } from "@libvirt-ts/client";
import { ErrorCode, VirError } from "@libvirt-ts/errors";
import { parseXml } from "@libvirt-ts/xml";
import { type Context, command } from "../context.ts";
import { edit } from "../support/edit.ts";
import { readText } from "../support/files.ts";
import { findDomain } from "../support/lookup.ts";
import { domain, exclusive, flagsOf, requires, xpathView } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";
import { at, present, tag } from "../support/xml.ts";
import { diskSpecXml, readSpec } from "./disk-spec.ts";

interface Making {
  readonly noMetadata: boolean;
  readonly halt: boolean;
  readonly diskOnly: boolean;
  readonly reuseExternal: boolean;
  readonly quiesce: boolean;
  readonly atomic: boolean;
  readonly live: boolean;
  readonly validate: boolean;
}

const createFlags = (args: Making): number =>
  flagsOf([
    [args.noMetadata, Create.NO_METADATA],
    [args.halt, Create.HALT],
    [args.diskOnly, Create.DISK_ONLY],
    [args.reuseExternal, Create.REUSE_EXT],
    [args.quiesce, Create.QUIESCE],
    [args.atomic, Create.ATOMIC],
    [args.live, Create.LIVE],
    [args.validate, Create.VALIDATE],
  ]);

/** Makes it, and says so. @param file it was described by */
async function make(
  { connect, out }: Context,
  name: string,
  { xmlDesc, flags, file }: { xmlDesc: string; flags: number; file?: string | undefined },
): Promise<void> {
  const domain = await findDomain(connect, name);
  const snapshot = await domain.snapshotCreateXml({ xmlDesc, flags });
  const from = file === undefined ? "" : ` from '${file}'`;
  out.extra(`Domain snapshot ${snapshot.name} created${from}`);
}

export const snapshotCreate = command("snapshot-create", {
  help: "take a snapshot",
  options: {
    domain,
    xmlfile: text("file that describes it"),
    redefine: flag("tell libvirt again of one that exists"),
    current: flag("and make it the current one"),
    "no-metadata": flag("libvirt forgets it at once"),
    halt: flag("stop it afterwards"),
    "disk-only": flag("disks only, no memory"),
    "reuse-external": flag("files are there already"),
    quiesce: flag("freeze its file systems meanwhile"),
    atomic: flag("all or nothing"),
    live: flag("while it runs"),
    validate: flag("check against the schema"),
  },
  async run(args, context) {
    const { domain, xmlfile: file, redefine, current } = args;
    requires("current", current, "redefine", redefine);
    const flags =
      createFlags(args) |
      flagsOf([
        [redefine, Create.REDEFINE],
        [current, Create.CURRENT],
      ]);
    const xmlDesc = file === undefined ? "<domainsnapshot/>" : await readText(file);
    await make(context, domain, { xmlDesc, flags, file });
  },
});

export const snapshotCreateAs = command("snapshot-create-as", {
  help: "take a snapshot that is described by options",
  options: {
    domain,
    name: text("name of the snapshot"),
    description: text("what it is for"),
    "print-xml": flag("show the XML, do nothing"),
    "no-metadata": flag("libvirt forgets it at once"),
    halt: flag("stop it afterwards"),
    "disk-only": flag("disks only, no memory"),
    "reuse-external": flag("files are there already"),
    quiesce: flag("freeze its file systems meanwhile"),
    atomic: flag("all or nothing"),
    live: flag("while it runs"),
    validate: flag("check against the schema"),
    memspec: named(text("what becomes of the memory: [file=]NAME[,snapshot=...]")),
    diskspec: many("what becomes of one disk: NAME[,key=value...]"),
  },
  async run(args, context) {
    const { domain, name, description, printXml, memspec, diskspec } = args;
    exclusive({ "print-xml": printXml, "no-metadata": args.noMetadata });
    const disks = diskspec.map((spec) => diskSpecXml(spec));
    const xmlDesc = `${tag(
      "domainsnapshot",
      {},
      present([
        name !== undefined && tag("name", {}, name),
        description !== undefined && tag("description", {}, description),
        memspec !== undefined && memoryXml(memspec),
        disks.length > 0 && tag("disks", {}, disks),
      ]),
    )}\n`;
    if (printXml) {
      context.out.text(`${xmlDesc}\n`);
      return;
    }
    await make(context, domain, { xmlDesc, flags: createFlags(args) });
  },
});

/** "[file=]NAME[,snapshot=internal|external|no]" */
function memoryXml(spec: string): string {
  const { first, named } = readSpec(spec, ["snapshot", "file"]) ?? refuse();
  const file = named.file ?? first;
  if (file === "" && named.snapshot === undefined) refuse();
  return tag("memory", { snapshot: named.snapshot, file: file === "" ? undefined : file });

  function refuse(): never {
    throw new ShellError(`unable to parse memspec: ${spec}`);
  }
}
export const snapshotCurrent = command("snapshot-current", {
  help: "tell or set which snapshot is the current one",
  options: {
    domain,
    name: flag("its name only"),
    "security-info": flag("with what is secret"),
    snapshotname: text("make this the current one"),
  },
  async run({ domain: domainName, name: nameOnly, securityInfo, snapshotname }, { connect, out }) {
    exclusive({ name: nameOnly, snapshotname });
    const domain = await findDomain(connect, domainName);
    if (snapshotname !== undefined) {
      const { SECURE } = DomainSnapshotXmlFlags;
      const snapshot = await domain.snapshotLookupByName({ name: snapshotname });
      const xmlDesc = await snapshot.getXmlDesc({ flags: SECURE });
      await domain.snapshotCreateXml({ xmlDesc, flags: Create.REDEFINE | Create.CURRENT });
      out.extra(`Snapshot ${snapshotname} set as current`);
      return;
    }
    if ((await domain.hasCurrentSnapshot()) === 0)
      throw new ShellError(`domain '${domainName}' has no current snapshot`);
    const snapshot = await domain.snapshotCurrent();
    if (nameOnly) out.text(snapshot.name);
    else out.text(await snapshot.getXmlDesc({ flags: securityInfo ? DomainSnapshotXmlFlags.SECURE : 0 }));
  },
});

export const snapshotDelete = command("snapshot-delete", {
  help: "delete a snapshot",
  options: {
    domain,
    snapshotname: text("name of the snapshot"),
    current: flag("the current one"),
    children: flag("its children too"),
    "children-only": flag("its children, not itself"),
    metadata: flag("forget it, leave disks as they are"),
  },
  async run({ domain, snapshotname, current, children, childrenOnly, metadata }, { connect, out }) {
    const snapshot = await findSnapshot(connect, domain, { snapshotname, current });
    const Flags = DomainSnapshotDeleteFlags;
    const flags = flagsOf([
      [children, Flags.CHILDREN],
      [childrenOnly, Flags.CHILDREN_ONLY],
      [metadata, Flags.METADATA_ONLY],
    ]);
    await doing(`Failed to delete snapshot ${snapshot.name}`, snapshot.delete({ flags }));
    const what = childrenOnly ? `${snapshot.name} children` : snapshot.name;
    out.done(`Domain snapshot ${what} deleted`);
  },
});

/** The one of that name, or the current one. @throws ShellError unless one of both is asked for */
export async function findSnapshot(
  connect: Connect,
  domainName: string,
  { snapshotname, current = false }: { snapshotname: string | undefined; current?: boolean },
): Promise<DomainSnapshot> {
  exclusive({ snapshotname, current });
  const domain = await findDomain(connect, domainName);
  if (snapshotname !== undefined) return domain.snapshotLookupByName({ name: snapshotname });
  if (!current) throw new ShellError("--snapshotname or --current is required");
  return domain.snapshotCurrent();
}
export const snapshotDumpxml = command("snapshot-dumpxml", {
  help: "show the XML of a snapshot",
  options: {
    domain,
    snapshotname: arg("name of the snapshot"),
    "security-info": flag("with what is secret"),
    ...xpathView,
  },
  async run({ domain, snapshotname, securityInfo, xpath, wrap }, { connect, out }) {
    const snapshot = await findSnapshot(connect, domain, { snapshotname });
    const flags = securityInfo ? DomainSnapshotXmlFlags.SECURE : 0;
    showXml(out, await snapshot.getXmlDesc({ flags }), { xpath, wrap });
  },
});

export const snapshotEdit = command("snapshot-edit", {
  help: "edit the description of a snapshot",
  options: {
    domain,
    snapshotname: text("name of the snapshot"),
    current: flag("the current one, or make it that"),
    rename: flag("let the name change"),
    clone: flag("let the name make a copy"),
  },
  async run({ domain: domainName, snapshotname, current, rename, clone }, context) {
    const { connect } = context;
    exclusive({ rename, clone });
    const domain = await findDomain(connect, domainName);
    const snapshot = await findSnapshot(connect, domainName, {
      snapshotname,
      current: current && snapshotname === undefined,
    });
    const flags = Create.REDEFINE | (current ? Create.CURRENT : 0);
    await edit(context, {
      what: `Snapshot ${snapshot.name}`,
      edited: "edited.",
      get: () => snapshot.getXmlDesc({ flags: DomainSnapshotXmlFlags.SECURE }),
      set: async (xmlDesc) => {
        const name = at(parseXml(xmlDesc), "name")?.text;
        if (name !== snapshot.name && !rename && !clone)
          throw new ShellError(`Must use --rename or --clone to change ${snapshot.name} to ${name}`);
        await domain.snapshotCreateXml({ xmlDesc, flags });
        if (rename && name !== snapshot.name)
          await snapshot.delete({ flags: DomainSnapshotDeleteFlags.METADATA_ONLY });
      },
    });
  },
});

export const snapshotParent = command("snapshot-parent", {
  help: "tell what a snapshot was taken after",
  options: { domain, snapshotname: text("name of the snapshot"), current: flag("of the current one") },
  async run({ domain, snapshotname, current }, { connect, out }) {
    const snapshot = await findSnapshot(connect, domain, { snapshotname, current });
    const parent = await parentName(snapshot);
    if (parent === undefined) throw new ShellError(`snapshot '${snapshot.name}' has no parent`);
    out.text(parent);
  },
});

/** The name of what it was taken after, or undefined. */
export async function parentName(snapshot: DomainSnapshot): Promise<string | undefined> {
  try {
    return (await snapshot.getParent()).name;
  } catch (error) {
    if (error instanceof VirError && error.code === ErrorCode.NO_DOMAIN_SNAPSHOT) return undefined;
    throw error;
  }
}
export const snapshotRevert = command("snapshot-revert", {
  help: "go back to a snapshot",
  options: {
    domain,
    snapshotname: text("name of the snapshot"),
    current: flag("to the current one"),
    running: flag("let it run"),
    paused: flag("leave it paused"),
    force: flag("take it over"),
    "reset-nvram": flag("with a fresh NVRAM"),
  },
  async run({ domain, snapshotname, current, running, paused, force, resetNvram }, { connect, out }) {
    const snapshot = await findSnapshot(connect, domain, { snapshotname, current });
    const Flags = DomainSnapshotRevertFlags;
    const flags = flagsOf([
      [running, Flags.RUNNING],
      [paused, Flags.PAUSED],
      [resetNvram, Flags.RESET_NVRAM],
      [force, Flags.FORCE],
    ]);
    await snapshot.domainRevertToSnapshot({ flags });
    out.done(`Domain snapshot ${snapshot.name} reverted`);
  },
});
