import {
  StoragePoolBuildFlags,
  StoragePoolCreateFlags,
  StoragePoolDefineFlags,
  StoragePoolState,
  StorageXmlFlags,
  ConnectListAllStoragePoolsFlags as Which,
} from "@libvirt-ts/api";
import { arg, doing, flag, prettyCapacity, ShellError, text } from "@libvirt-ts/cli";
import type { StoragePool } from "@libvirt-ts/client";
import { parseUuid } from "@libvirt-ts/util/uuid";
import { command } from "../context.ts";
import { edit, inactiveXml } from "../support/edit.ts";
import { readText } from "../support/files.ts";
import { findPool } from "../support/lookup.ts";
import { activityOf, byName, exclusive, flagsOf, poolNames, xpathView, yesNo } from "../support/options.ts";
import { showXml } from "../support/show-xml.ts";

interface Build {
  readonly build?: boolean;
  readonly overwrite: boolean;
  readonly noOverwrite: boolean;
}

/** What is to be built before a pool starts. */
export function createFlagsOf({ build = false, overwrite, noOverwrite }: Build): number {
  exclusive({ overwrite, "no-overwrite": noOverwrite });
  const Flags = StoragePoolCreateFlags;
  if (!build) return 0;
  return overwrite
    ? Flags.WITH_BUILD_OVERWRITE
    : noOverwrite
      ? Flags.WITH_BUILD_NO_OVERWRITE
      : Flags.WITH_BUILD;
}

export const poolAutostart = command("pool-autostart", {
  help: "start a pool with the host, or no longer",
  options: { pool: arg("name or UUID of the pool", poolNames), disable: flag("turn it off") },
  async run({ pool: name, disable }, { connect, out }) {
    const pool = await findPool(connect, name);
    const failure = `failed to ${disable ? "unmark" : "mark"} pool ${name} as autostarted`;
    await doing(failure, pool.setAutostart({ autostart: !disable }));
    out.done(`Pool ${name} ${disable ? "unmarked" : "marked"} as autostarted`);
  },
});

export const poolBuild = command("pool-build", {
  help: "make what a pool needs",
  options: {
    pool: arg("name or UUID of the pool", poolNames),
    "no-overwrite": flag("not if there is something already"),
    overwrite: flag("whatever is there"),
  },
  async run({ pool: name, overwrite, noOverwrite }, { connect, out }) {
    const pool = await findPool(connect, name);
    const flags = flagsOf([
      [noOverwrite, StoragePoolBuildFlags.NO_OVERWRITE],
      [overwrite, StoragePoolBuildFlags.OVERWRITE],
    ]);
    await doing(`Failed to build pool ${name}`, pool.build({ flags }));
    out.done(`Pool ${name} built`);
  },
});

export const poolCreate = command("pool-create", {
  help: "start a pool that is not defined",
  options: {
    file: arg("file with the XML"),
    build: flag("build the pool first"),
    "no-overwrite": flag("not if there is something already"),
    overwrite: flag("whatever is there"),
  },
  async run({ file, ...build }, { connect, out }) {
    const flags = createFlagsOf(build);
    const xml = await readText(file);
    const made = connect.storagePoolCreateXml({ xml, flags });
    const { name } = await doing(`Failed to create pool from ${file}`, made);
    out.done(`Pool ${name} created from ${file}`);
  },
});

export const poolDefine = command("pool-define", {
  help: "define a pool, or change its definition",
  options: { file: arg("file with the XML"), validate: flag("check against the schema") },
  async run({ file, validate }, { connect, out }) {
    const xml = await readText(file);
    const flags = validate ? StoragePoolDefineFlags.VALIDATE : 0;
    const made = connect.storagePoolDefineXml({ xml, flags });
    const { name } = await doing(`Failed to define pool from ${file}`, made);
    out.done(`Pool ${name} defined from ${file}`);
  },
});

export const poolDelete = command("pool-delete", {
  help: "destroy what a pool keeps",
  options: { pool: arg("name or UUID of the pool", poolNames) },
  async run({ pool: name }, { connect, out }) {
    const pool = await findPool(connect, name);
    await doing(`Failed to delete pool ${name}`, pool.delete());
    out.done(`Pool ${name} deleted`);
  },
});

export const poolDestroy = command("pool-destroy", {
  help: "stop a pool; nothing in it is lost",
  options: { pool: arg("name or UUID of the pool", poolNames) },
  async run({ pool: name }, { connect, out }) {
    const pool = await findPool(connect, name);
    await doing(`Failed to destroy pool ${name}`, pool.destroy());
    out.done(`Pool ${name} destroyed`);
  },
});

export const poolDumpxml = command("pool-dumpxml", {
  help: "show the XML of a pool",
  options: {
    pool: arg("name or UUID of the pool", poolNames),
    inactive: flag("what its next start uses"),
    ...xpathView,
  },
  async run({ pool: name, inactive, xpath, wrap }, { connect, out }) {
    const pool = await findPool(connect, name);
    const xml = await pool.getXmlDesc({ flags: inactive ? StorageXmlFlags.INACTIVE : 0 });
    showXml(out, xml, { xpath, wrap });
  },
});

export const poolEdit = command("pool-edit", {
  help: "edit the definition of a pool",
  options: { pool: arg("name or UUID of the pool", poolNames) },
  async run({ pool: name }, context) {
    const { connect } = context;
    const pool = await findPool(connect, name);
    await edit(context, {
      what: `Pool ${pool.name}`,
      get: () => inactiveXml((flags) => pool.getXmlDesc({ flags }), StorageXmlFlags.INACTIVE),
      set: (xml) => connect.storagePoolDefineXml({ xml }),
    });
  },
});

export const poolInfo = command("pool-info", {
  help: "tell about a pool",
  options: { pool: arg("name or UUID of the pool", poolNames), bytes: flag("figures in bytes") },
  async run({ pool: name, bytes }, { connect, out }) {
    const pool = await findPool(connect, name);
    const { state, capacity, allocation, available } = await pool.getInfo();
    out.field("Name:", pool.name);
    out.field("UUID:", pool.uuidText);
    out.field("State:", stateText(state));
    out.field("Persistent:", await pool.isPersistent().then(yesNo, () => "unknown"));
    out.field("Autostart:", await pool.getAutostart().then(yesNo, () => "no autostart"));
    const isThere = state === StoragePoolState.RUNNING || state === StoragePoolState.DEGRADED;
    if (!isThere) return;
    const size = bytes ? String : prettySize;
    out.field("Capacity:", size(capacity));
    out.field("Allocation:", size(allocation));
    out.field("Available:", size(available));
  },
});

const states: Readonly<Record<number, string>> = {
  [StoragePoolState.INACTIVE]: "inactive",
  [StoragePoolState.BUILDING]: "building",
  [StoragePoolState.RUNNING]: "running",
  [StoragePoolState.DEGRADED]: "degraded",
  [StoragePoolState.INACCESSIBLE]: "inaccessible",
};
const stateText = (state: number): string => states[state] ?? "unknown";

/** "10.00 GiB" */
export function prettySize(bytes: bigint): string {
  const { value, unit } = prettyCapacity(bytes);
  return `${value.toFixed(2)} ${unit}`;
}
export const poolList = command("pool-list", {
  help: "show pools",
  options: {
    inactive: flag("those that do not run"),
    all: flag("those that run and those that do not"),
    transient: flag("those that are not defined"),
    persistent: flag("those that are defined"),
    autostart: flag("those that start with the host"),
    "no-autostart": flag("those that do not start with the host"),
    type: text("of these kinds: TYPE,..."),
    details: flag("more columns"),
    uuid: flag("UUIDs only"),
    name: flag("names only"),
  },
  async run(args, { connect, out }) {
    const { details, uuid, name, type } = args;
    const flags = activityOf(args, Which) | filterOf(args) | kindsOf(type);
    const list = doing("Failed to list pools", connect.listAllStoragePools({ flags }));
    const pools = byName(await list);
    if (uuid || name) {
      for (const each of pools)
        out.line([uuid && each.uuidText, name && each.name.padEnd(20)].filter(Boolean).join(" "));
      return;
    }
    if (!details) {
      const rows = pools.map(async (each) => [
        each.name,
        (await each.isActive()) ? "active" : "inactive",
        await each.getAutostart().then(yesNo, () => "no autostart"),
      ]);
      out.table(["Name", "State", "Autostart"], await Promise.all(rows));
      return;
    }
    const header = ["Name", "State", "Autostart", "Persistent", "Capacity", "Allocation", "Available"];
    out.table(header, await Promise.all(pools.map(detailsOf)));
  },
});

async function detailsOf(pool: StoragePool): Promise<string[]> {
  const { state, capacity, allocation, available } = await pool.getInfo();
  const isThere = state === StoragePoolState.RUNNING || state === StoragePoolState.DEGRADED;
  return [
    pool.name,
    stateText(state),
    await pool.getAutostart().then(yesNo, () => "no autostart"),
    await pool.isPersistent().then(yesNo, () => "unknown"),
    ...[capacity, allocation, available].map((size) => (isThere ? prettySize(size) : "-")),
  ];
}

type Filters = Record<"transient" | "persistent" | "autostart" | "noAutostart", boolean>;

const filterOf = ({ transient, persistent, autostart, noAutostart }: Filters): number =>
  flagsOf([
    [autostart, Which.AUTOSTART],
    [noAutostart, Which.NO_AUTOSTART],
    [persistent, Which.PERSISTENT],
    [transient, Which.TRANSIENT],
  ]);

/** Kinds of pools whose flag is not called like them. */
const otherKinds: Readonly<Record<string, number>> = {
  "iscsi-direct": Which.ISCSI_DIRECT,
};

function kindsOf(types = ""): number {
  const kinds: Readonly<Record<string, number>> = { ...otherKinds, ...kindFlags };
  return types
    .split(",")
    .filter((type) => type !== "")
    .reduce((flags, type) => {
      const flag = kinds[type];
      if (flag === undefined) throw new ShellError(`Invalid pool type '${type}'`);
      return flags | flag;
    }, 0);
}

/** DIR is "dir"; those of states are none. */
const kindFlags = Object.fromEntries(
  Object.entries(Which)
    .filter(([, flag]) => flag >= Which.DIR)
    .map(([name, flag]) => [name.toLowerCase(), flag]),
);
export const poolName = command("pool-name", {
  help: "tell the name that a UUID belongs to",
  options: { pool: arg("name or UUID of the pool", poolNames) },
  async run({ pool: text }, { connect, out }) {
    if (parseUuid(text) === undefined) throw new ShellError(`failed to get pool '${text}'`);
    out.line((await findPool(connect, text)).name);
  },
});

export const poolRefresh = command("pool-refresh", {
  help: "look anew what is in a pool",
  options: { pool: arg("name or UUID of the pool", poolNames) },
  async run({ pool: name }, { connect, out }) {
    const pool = await findPool(connect, name);
    await doing(`Failed to refresh pool ${name}`, pool.refresh());
    out.done(`Pool ${name} refreshed`);
  },
});

export const poolStart = command("pool-start", {
  help: "start a pool that is defined",
  options: {
    pool: arg("name or UUID of the pool", poolNames),
    build: flag("build the pool first"),
    "no-overwrite": flag("not if there is something already"),
    overwrite: flag("whatever is there"),
  },
  async run({ pool: name, ...build }, { connect, out }) {
    const pool = await findPool(connect, name);
    const flags = createFlagsOf(build);
    await doing(`Failed to start pool ${name}`, pool.create({ flags }));
    out.done(`Pool ${name} started`);
  },
});

export const poolUndefine = command("pool-undefine", {
  help: "forget the definition of a pool",
  options: { pool: arg("name or UUID of the pool", poolNames) },
  async run({ pool: name }, { connect, out }) {
    const pool = await findPool(connect, name);
    await doing(`Failed to undefine pool ${name}`, pool.undefine());
    out.done(`Pool ${name} has been undefined`);
  },
});

export const poolUuid = command("pool-uuid", {
  help: "tell the UUID that a name belongs to",
  options: { pool: arg("name or UUID of the pool", poolNames) },
  async run({ pool: name }, { connect, out }) {
    const failure = `failed to get pool '${name}'`;
    out.line((await doing(failure, connect.storagePoolLookupByName({ name }))).uuidText);
  },
});

export const poolCapabilities = command("pool-capabilities", {
  help: "tell what kinds of pools there may be",
  async run(_args, { connect, out }) {
    out.text(await doing("failed to get storage pool capabilities", connect.getStoragePoolCapabilities()));
  },
});
