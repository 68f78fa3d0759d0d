import { DomainSnapshotListFlags as Which } from "@libvirt-ts/api";
import { flag, ShellError, text } from "@libvirt-ts/cli";
import type { Domain, DomainSnapshot } from "@libvirt-ts/client";
import { parseXml } from "@libvirt-ts/xml";
import { command } from "../context.ts";
import { findDomain } from "../support/lookup.ts";
import { byName, domain, exclusive, flagsOf, yesNo } from "../support/options.ts";
import { localDateTimeWithZone } from "../support/time.ts";
import { formatTrees } from "../support/tree.ts";
import { at } from "../support/xml.ts";
import { findSnapshot, parentName } from "./snapshots.ts";

export const snapshotList = command("snapshot-list", {
  help: "show the snapshots of a domain",
  options: {
    domain,
    parent: flag("with the name of the parent"),
    roots: flag("those without parents"),
    leaves: flag("those without children"),
    "no-leaves": flag("those with children"),
    metadata: flag("forget it, leave disks as they are"),
    "no-metadata": flag("libvirt forgets it at once"),
    inactive: flag("those that do not run"),
    active: flag("those that run"),
    "disk-only": flag("disks only, no memory"),
    internal: flag("those inside disk images"),
    external: flag("those in files of their own"),
    tree: flag("as a tree"),
    from: text("those below this one"),
    current: flag("those below the current one"),
    descendants: flag("all below it"),
    name: flag("names only"),
    topological: flag("parents before children"),
  },
  async run(args, { connect, out }) {
    const { tree, name, parent, roots, from, current, descendants, topological } = args;
    exclusive({ tree, name });
    exclusive({ parent, roots });
    exclusive({ parent, tree });
    exclusive({ roots, tree });
    exclusive({ roots, from });
    exclusive({ roots, current });
    if (descendants && from === undefined && !current)
      throw new ShellError("--descendants requires either --from or --current");
    const domain = await findDomain(connect, args.domain);
    const below =
      from !== undefined || current
        ? await findSnapshot(connect, args.domain, { snapshotname: from, current })
        : undefined;
    const found = await list(domain, below, args);
    const snapshots = topological ? found : byName(found);
    if (tree) {
      const parents = await Promise.all(snapshots.map(parentName));
      const entries = snapshots.map((each, place) => ({ name: each.name, parent: parents[place] }));
      out.text(
        formatTrees(below === undefined ? entries : [{ name: below.name, parent: undefined }, ...entries]),
      );
      return;
    }
    if (name) {
      for (const each of snapshots) out.line(each.name);
      return;
    }
    const rows = snapshots.map(async (each) => {
      const { creationTime, state, parent: above } = await describe(each);
      const cells = [each.name, creationTime, state];
      return parent ? [...cells, above ?? ""] : cells;
    });
    const header = ["Name", "Creation Time", "State", ...(parent ? ["Parent"] : [])];
    out.table(header, await Promise.all(rows));
  },
});

type Filters = Record<
  | "roots"
  | "leaves"
  | "noLeaves"
  | "metadata"
  | "noMetadata"
  | "inactive"
  | "active"
  | "diskOnly"
  | "internal"
  | "external"
  | "topological"
  | "descendants"
  | "tree",
  boolean
>;

function list(domain: Domain, below: DomainSnapshot | undefined, args: Filters): Promise<DomainSnapshot[]> {
  const flags = flagsOf([
    [args.leaves, Which.LEAVES],
    [args.noLeaves, Which.NO_LEAVES],
    [args.metadata, Which.METADATA],
    [args.noMetadata, Which.NO_METADATA],
    [args.inactive, Which.INACTIVE],
    [args.active, Which.ACTIVE],
    [args.diskOnly, Which.DISK_ONLY],
    [args.internal, Which.INTERNAL],
    [args.external, Which.EXTERNAL],
    [args.topological, Which.TOPOLOGICAL],
  ]);
  if (below !== undefined)
    return below.listAllChildren({ flags: flags | (args.descendants || args.tree ? Which.DESCENDANTS : 0) });
  return domain.listAllSnapshots({ flags: flags | (args.roots ? Which.ROOTS : 0) });
}

async function describe(snapshot: DomainSnapshot) {
  const xml = parseXml(await snapshot.getXmlDesc());
  const state = at(xml, "state")?.text ?? "";
  return {
    xml,
    state: state === "shutoff" ? "shut off" : state,
    parent: at(xml, "parent", "name")?.text,
    creationTime: localDateTimeWithZone(Number(at(xml, "creationTime")?.text)),
  };
}
export const snapshotInfo = command("snapshot-info", {
  help: "tell about a snapshot",
  options: { domain, snapshotname: text("name of the snapshot"), current: flag("the current one") },
  async run({ domain, snapshotname, current }, { connect, out }) {
    const snapshot = await findSnapshot(connect, domain, { snapshotname, current });
    const { xml, parent, state } = await describe(snapshot);
    const disks = at(xml, "disks")?.children ?? [];
    const isExternal =
      state === "disk-snapshot" ||
      at(xml, "memory")?.attrs.snapshot === "external" ||
      disks.some(({ attrs }) => attrs.snapshot === "external");
    out.field("Name:", snapshot.name);
    out.field("Domain:", snapshot.dom.name);
    out.field("Current:", yesNo(await snapshot.isCurrent()));
    out.field("State:", state);
    out.field("Location:", isExternal ? "external" : "internal");
    out.field("Parent:", parent ?? "-");
    out.field("Children:", String(await snapshot.numChildren()));
    out.field("Descendants:", String(await snapshot.numChildren({ flags: Which.DESCENDANTS })));
    out.field("Metadata:", yesNo(await snapshot.hasMetadata()));
  },
});
