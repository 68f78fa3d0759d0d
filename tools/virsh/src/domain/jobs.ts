import {
  DomainAbortJobFlags,
  DomainDirtyRateCalcFlags,
  DomainGetJobStatsFlags,
  DomainJobOperation,
  DomainJobType,
} from "@libvirt-ts/api";
import {
  flag,
  int,
  named,
  prettyCapacity,
  required,
  ShellError,
  text,
  unsignedLongLong,
  unsignedLongLongWrapping,
} from "@libvirt-ts/cli";
import type { TypedValues } from "@libvirt-ts/client";
import { command } from "../context.ts";
import { isNoSupport } from "../support/errors.ts";
import { findDomain } from "../support/lookup.ts";
import { domain, flagsOf } from "../support/options.ts";
import { paramText } from "../support/params.ts";

export const domjobabort = command("domjobabort", {
  help: "end the job of a domain",
  options: { domain, postcopy: flag("after the change to post-copy") },
  async run({ domain: name, postcopy }, { connect }) {
    const domain = await findDomain(connect, name);
    await (postcopy ? domain.abortJobFlags({ flags: DomainAbortJobFlags.POSTCOPY }) : domain.abortJob());
  },
});

export const domjobinfo = command("domjobinfo", {
  help: "tell about the job of a domain",
  options: {
    domain,
    completed: flag("the job that ended last"),
    "keep-completed": flag("leave the statistics for the next reader"),
    anystats: flag("statistics of jobs that failed too"),
    rawstats: flag("all fields as they come"),
  },
  async run(args, { connect, out }) {
    const { domain: name, completed, keepCompleted, anystats, rawstats } = args;
    const domain = await findDomain(connect, name);
    const flags = flagsOf([
      [completed || keepCompleted, DomainGetJobStatsFlags.COMPLETED],
      [keepCompleted, DomainGetJobStatsFlags.KEEP_COMPLETED],
    ]);
    const isNew = flags !== 0 || rawstats || anystats;
    const { type, params } = await domain.getJobStats({ flags }).catch(async (error: unknown) => {
      if (!isNoSupport(error)) throw error;
      if (isNew)
        throw new ShellError("Optional flags or --rawstats are not supported by the daemon", {
          cause: error,
        });
      return oldStats(await domain.getJobInfo());
    });
    const field = (title: string, value: string) => out.field(title, value, 17);
    if (rawstats) {
      field("Job type:", String(type));
      for (const [key, value] of Object.entries(params))
        out.value(`${key.padEnd(17)} ${paramText(value)}\n`, { [key]: paramText(value) });
      return;
    }
    field("Job type:", jobTypes[type] ?? "unknown");
    const isOver =
      type === DomainJobType.COMPLETED || type === DomainJobType.FAILED || type === DomainJobType.CANCELLED;
    if (type === DomainJobType.NONE || (isOver && type !== DomainJobType.COMPLETED && !anystats)) return;
    if (params.operation !== undefined)
      field("Operation:", operations[Number(params.operation)] ?? "Unknown");
    for (const [key, title, kind] of jobFields) {
      const value = params[key];
      if (value === undefined || (kind !== "size" && value === 0n)) continue;
      if (kind === "size" && BigInt(value as bigint) === 0n) continue; // sizes are 64 bits
      field(title, shown(key, value, kind));
    }
  },
});

const jobTypes: Readonly<Record<number, string>> = {
  [DomainJobType.NONE]: "None",
  [DomainJobType.BOUNDED]: "Bounded",
  [DomainJobType.UNBOUNDED]: "Unbounded",
  [DomainJobType.COMPLETED]: "Completed",
  [DomainJobType.FAILED]: "Failed",
  [DomainJobType.CANCELLED]: "Cancelled",
};

const operations: Readonly<Record<number, string>> = {
  [DomainJobOperation.UNKNOWN]: "Unknown",
  [DomainJobOperation.START]: "Start",
  [DomainJobOperation.SAVE]: "Save",
  [DomainJobOperation.RESTORE]: "Restore",
  [DomainJobOperation.MIGRATION_IN]: "Incoming migration",
  [DomainJobOperation.MIGRATION_OUT]: "Outgoing migration",
  [DomainJobOperation.SNAPSHOT]: "Snapshot",
  [DomainJobOperation.SNAPSHOT_REVERT]: "Snapshot revert",
  [DomainJobOperation.DUMP]: "Dump",
  [DomainJobOperation.BACKUP]: "Backup",
  [DomainJobOperation.SNAPSHOT_DELETE]: "Snapshot delete",
};

/** Fields in their order, and what they are measured in. */
const jobFields = [
  ["time_elapsed", "Time elapsed:", "ms"],
  ["time_elapsed_net", "Time elapsed w/o network:", "ms"],
  ["time_remaining", "Time remaining:", "ms"],
  ["data_processed", "Data processed:", "size"],
  ["data_remaining", "Data remaining:", "size"],
  ["data_total", "Data total:", "size"],
  ["memory_processed", "Memory processed:", "size"],
  ["memory_remaining", "Memory remaining:", "size"],
  ["memory_total", "Memory total:", "size"],
  ["memory_bps", "Memory bandwidth:", "rate"],
  ["memory_dirty_rate", "Dirty rate:", "count"],
  ["memory_iteration", "Iteration:", "count"],
  ["disk_processed", "File processed:", "size"],
  ["disk_remaining", "File remaining:", "size"],
  ["disk_total", "File total:", "size"],
  ["disk_bps", "File bandwidth:", "rate"],
  ["memory_constant", "Constant pages:", "count"],
  ["memory_normal", "Normal pages:", "count"],
  ["memory_normal_bytes", "Normal data:", "size"],
  ["downtime", "Total downtime:", "ms"],
  ["setup_time", "Setup time:", "ms"],
] as const;

function shown(
  _key: string,
  value: TypedValues[string],
  kind: (typeof jobFields)[number][2] | "always",
): string {
  if (kind === "ms") return `${String(value).padEnd(12)} ms`;
  if (kind === "count") return String(value).padEnd(12);
  const { value: amount, unit } = prettyCapacity(BigInt(value as bigint)); // sizes are 64 bits
  return `${amount.toFixed(3)} ${unit}${kind === "rate" ? "/s" : ""}`;
}

interface OldInfo {
  readonly type: number;
  readonly timeElapsed: bigint;
  readonly timeRemaining: bigint;
  readonly dataTotal: bigint;
  readonly dataProcessed: bigint;
  readonly dataRemaining: bigint;
}

/** What old drivers tell, as new ones do. */
const oldStats = (info: OldInfo): { type: number; params: TypedValues } => ({
  type: info.type,
  params: {
    time_elapsed: info.timeElapsed,
    time_remaining: info.timeRemaining,
    data_total: info.dataTotal,
    data_processed: info.dataProcessed,
    data_remaining: info.dataRemaining,
  },
});
export const domdirtyrateCalc = command("domdirtyrate-calc", {
  help: "measure how fast a guest writes its memory",
  options: {
    domain,
    seconds: int("how long to measure"),
    mode: text("page-sampling, dirty-bitmap or dirty-ring"),
  },
  async run({ domain: name, seconds = 1, mode }, { connect, out }) {
    const known: Readonly<Record<string, number>> = {
      "page-sampling": DomainDirtyRateCalcFlags.MODE_PAGE_SAMPLING,
      "dirty-bitmap": DomainDirtyRateCalcFlags.MODE_DIRTY_BITMAP,
      "dirty-ring": DomainDirtyRateCalcFlags.MODE_DIRTY_RING,
    };
    const flags = mode === undefined ? 0 : known[mode];
    if (flags === undefined) throw new ShellError(`Unknown calculation mode '${mode}'`);
    const domain = await findDomain(connect, name);
    await domain.startDirtyRateCalc({ seconds, flags });
    out.done(`Start to calculate domain's memory dirty rate successfully.`);
  },
});

export const migrateSetmaxdowntime = command("migrate-setmaxdowntime", {
  help: "say how long a migrating guest may stand still",
  options: { domain, downtime: required(unsignedLongLong("milliseconds")) },
  async run({ domain: name, downtime }, { connect }) {
    const domain = await findDomain(connect, name);
    if (downtime < 1n) throw new ShellError("migrate: Invalid downtime");
    await domain.migrateSetMaxDowntime({ downtime });
  },
});

export const migrateGetmaxdowntime = command("migrate-getmaxdowntime", {
  help: "tell how long a migrating guest may stand still",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    out.line(String(await (await findDomain(connect, name)).migrateGetMaxDowntime()));
  },
});

export const migrateCompcache = command("migrate-compcache", {
  help: "tell or set the size of the compression cache",
  options: { domain, size: named(unsignedLongLong("size")) },
  async run({ domain: name, size }, { connect, out }) {
    const domain = await findDomain(connect, name);
    if (size !== undefined) await domain.migrateSetCompressionCache({ cacheSize: size });
    const { value, unit } = prettyCapacity(await domain.migrateGetCompressionCache());
    out.text(`Compression cache: ${value.toFixed(3)} ${unit}`);
  },
});

export const migrateSetspeed = command("migrate-setspeed", {
  help: "limit the bandwidth of a migration",
  options: {
    domain,
    bandwidth: required(unsignedLongLongWrapping("limit in MiB/s")),
    postcopy: flag("after the change to post-copy"),
  },
  async run({ domain: name, bandwidth, postcopy }, { connect }) {
    const domain = await findDomain(connect, name);
    await domain.migrateSetMaxSpeed({ bandwidth, flags: postcopy ? 1 : 0 });
  },
});

export const migrateGetspeed = command("migrate-getspeed", {
  help: "tell the limit of a migration's bandwidth",
  options: { domain, postcopy: flag("after the change to post-copy") },
  async run({ domain: name, postcopy }, { connect, out }) {
    const domain = await findDomain(connect, name);
    out.line(String(await domain.migrateGetMaxSpeed({ flags: postcopy ? 1 : 0 })));
  },
});

export const migratePostcopy = command("migrate-postcopy", {
  help: "let a migrating guest go on at the other side at once",
  options: { domain },
  async run({ domain: name }, { connect }) {
    await (await findDomain(connect, name)).migrateStartPostCopy();
  },
});
