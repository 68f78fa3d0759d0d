import { DomainMetadataType, ConnectListAllDomainsFlags as Which } from "@libvirt-ts/api";
import { flag } from "@libvirt-ts/cli";
import type { Domain } from "@libvirt-ts/client";
import { command } from "../context.ts";
import { exclusive, flagsOf } from "../support/options.ts";
import { stateText } from "../support/state.ts";

export const list = command("list", {
  help: "show domains",
  options: {
    inactive: flag("those that do not run"),
    all: flag("those that run and those that do not"),
    transient: flag("those that are not defined"),
    persistent: flag("those that are defined"),
    "with-snapshot": flag("those with snapshots"),
    "without-snapshot": flag("those without snapshots"),
    "with-checkpoint": flag("those with checkpoints"),
    "without-checkpoint": flag("those without checkpoints"),
    "state-running": flag("those that run"),
    "state-paused": flag("those that are paused"),
    "state-shutoff": flag("those that are off"),
    "state-other": flag("those in other states"),
    autostart: flag("those that start with the host"),
    "no-autostart": flag("those that do not start with the host"),
    "with-managed-save": flag("those with a saved state"),
    "without-managed-save": flag("those without a saved state"),
    uuid: flag("UUIDs only"),
    name: flag("names only"),
    id: flag("ids only"),
    table: flag("as a table, which is the default"),
    "managed-save": flag("tell which have a saved state"),
    title: flag("with titles"),
  },
  async run(args, { connect, out }) {
    const { uuid, name, id, table, managedSave, title } = args;
    exclusive({ table, name });
    exclusive({ table, uuid });
    exclusive({ table, id });
    const domains = sorted(await connect.listAllDomains({ flags: filterOf(args) }));
    if (uuid || name || id) {
      const row = (each: Domain) => [uuid && each.uuidText, id && idText(each), name && each.name];
      for (const each of domains)
        out.line(
          row(each)
            .filter((cell) => cell !== false)
            .join(" "),
        );
      return;
    }
    const rows = domains.map(async (each) => {
      const cells = [idText(each), each.name, await stateOf(each, managedSave)];
      return title ? [...cells, await titleOf(each)] : cells;
    });
    out.table(["Id", "Name", "State", ...(title ? ["Title"] : [])], await Promise.all(rows));
  },
});

type Filters = Record<
  | "inactive"
  | "all"
  | "transient"
  | "persistent"
  | "withSnapshot"
  | "withoutSnapshot"
  | "withCheckpoint"
  | "withoutCheckpoint"
  | "stateRunning"
  | "statePaused"
  | "stateShutoff"
  | "stateOther"
  | "autostart"
  | "noAutostart"
  | "withManagedSave"
  | "withoutManagedSave",
  boolean
>;

function filterOf(args: Filters): number {
  const ofState = flagsOf([
    [args.stateRunning, Which.RUNNING],
    [args.statePaused, Which.PAUSED],
    [args.stateShutoff, Which.SHUTOFF],
    [args.stateOther, Which.OTHER],
  ]);
  const filters = flagsOf([
    [args.persistent, Which.PERSISTENT],
    [args.transient, Which.TRANSIENT],
    [args.withManagedSave, Which.MANAGEDSAVE],
    [args.withoutManagedSave, Which.NO_MANAGEDSAVE],
    [args.autostart, Which.AUTOSTART],
    [args.noAutostart, Which.NO_AUTOSTART],
    [args.withSnapshot, Which.HAS_SNAPSHOT],
    [args.withoutSnapshot, Which.NO_SNAPSHOT],
    [args.withCheckpoint, Which.HAS_CHECKPOINT],
    [args.withoutCheckpoint, Which.NO_CHECKPOINT],
  ]);
  const activity = args.all ? Which.ACTIVE | Which.INACTIVE : args.inactive ? Which.INACTIVE : Which.ACTIVE;
  return filters | ofState | activity;
}

/** Running ones by id, then the others by name. */
export function sorted(domains: readonly Domain[]): Domain[] {
  const byName = (a: Domain, b: Domain) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1);
  const running = domains.filter(({ id }) => id !== -1).sort((a, b) => a.id - b.id);
  return [...running, ...domains.filter(({ id }) => id === -1).sort(byName)];
}

const idText = ({ id }: Domain): string => (id === -1 ? "-" : String(id));

async function stateOf(domain: Domain, managedSave: boolean): Promise<string> {
  const isSaved = managedSave && domain.id === -1 && (await domain.hasManagedSaveImage()) !== 0;
  return isSaved ? "saved" : stateText((await domain.getState()).state);
}

async function titleOf(domain: Domain): Promise<string> {
  return domain.getMetadata({ type: DomainMetadataType.TITLE }).catch(() => ""); // there is none
}
