import { type DaemonContext, type Programs, runDaemon } from "@libvirt-ts/daemon";
import { native } from "@libvirt-ts/native";
import { about } from "./about.ts";
import { keepRemovingOldLogs } from "./expiry.ts";
import { OpenLogs, type SavedLog } from "./open-logs.ts";
import { ScratchPipe } from "./scratch-pipe.ts";
import { logService } from "./service.ts";

void runDaemon({ ...about, programs });

async function programs(ctx: DaemonContext<typeof about.keys>): Promise<Programs> {
  const { config, paths } = ctx;
  const log = ctx.log.child({ mod: "logging" });
  const limits = { maxSize: config.max_size, maxBackups: config.max_backups };
  const logs = new OpenLogs({
    host: { native, log, now: () => new Date(), scratch: new ScratchPipe(native) },
    limits,
    inhibit: ctx.inhibit,
  });
  for (const saved of savedLogs(ctx.inherited)) logs.adopt(saved);
  const stopExpiry =
    config.max_age_days === 0
      ? () => {}
      : keepRemovingOldLogs({
          root: config.log_root ?? paths.log,
          maxAgeDays: config.max_age_days,
          maxBackups: limits.maxBackups,
          isOpen: (path) => logs.has(path),
          now: Date.now,
          log,
        });
  return {
    services: [logService(logs)],
    async close() {
      stopExpiry();
      logs.close();
    },
    handOver: {
      async suspend() {
        logs.suspend();
      },
      save() {
        const files = logs.save();
        return { state: { files }, fds: files.map(({ pipe }) => pipe) };
      },
      resume: () => logs.resume(),
    },
  };
}

function savedLogs(inherited: unknown): SavedLog[] {
  return (inherited as { files: SavedLog[] } | undefined)?.files ?? []; // written by `save` above
}
