import { readFileSync } from "node:fs";
import { type DaemonContext, type Programs, runDaemon } from "@libvirt-ts/daemon";
import { TableFile } from "@libvirt-ts/keeper";
import { native } from "@libvirt-ts/native";
import { about } from "./about.ts";
import { keepRemovingOldLogs } from "./expiry.ts";
import { LogRecords } from "./log-records.ts";
import { OpenLogs } from "./open-logs.ts";
import { ScratchPipe } from "./scratch-pipe.ts";
import { logService } from "./service.ts";

void runDaemon({ ...about, survives: true, programs });

async function programs(ctx: DaemonContext<typeof about.keys>): Promise<Programs> {
  const { config, paths } = ctx;
  const log = ctx.log.child({ mod: "logging" });
  const limits = { maxSize: config.max_size, maxBackups: config.max_backups };
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  const logs = new OpenLogs({
    host: { native, log, now: Date.now, scratch: new ScratchPipe(native) },
    limits,
    inhibit: ctx.inhibit,
    records: new LogRecords(ctx.store, TableFile.open(`${paths.run}/virtlogd.state`, boot)),
  });
  logs.adoptAll();
  const stopExpiry =
    config.max_age_days === 0
      ? () => {}
      : keepRemovingOldLogs({
          root: config.log_root ?? paths.log,
          maxAgeDays: config.max_age_days,
          maxBackups: limits.maxBackups,
          isOpen: (path) => logs.get(path) !== undefined,
          now: Date.now,
          log,
        });
  return {
    services: [logService(logs)],
    async close() {
      stopExpiry();
      logs.close();
      ctx.store.close();
    },
    handOver: {
      async suspend() {
        logs.suspend();
      },
      save: () => ({ state: {}, fds: [] }), // pipes are in the store
      resume: () => logs.resume(),
    },
  };
}
