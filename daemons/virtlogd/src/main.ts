import { readFileSync } from "node:fs";
import { type DaemonContext, type Programs, runDaemon } from "@libvirt-ts/daemon";
import { LocalDirectories } from "@libvirt-ts/host/local-directories";
import { TableFile } from "@libvirt-ts/keeper";
import { native } from "@libvirt-ts/native";
import { about } from "./about.ts";
import { BackupPacker } from "./backup-packer.ts";
import { Changes } from "./changes.ts";
import { keepRemovingOldLogs } from "./expiry.ts";
import { filePlaces } from "./file-places.ts";
import { openSink } from "./line-sinks.ts";
import { LogList } from "./log-list.ts";
import { LogRecords } from "./log-records.ts";
import { OpenLogs } from "./open-logs.ts";
import { letReadersIn } from "./readers.ts";
import { readingService } from "./reading-service.ts";
import { ScratchPipe } from "./scratch-pipe.ts";
import { logService } from "./service.ts";
import { ship } from "./shipping.ts";

// Before the pool of threads begins: each file server that does not answer may hold some of them.
process.env.UV_THREADPOOL_SIZE ??= "16";
void runDaemon({ ...about, survives: true, programs });

async function programs(ctx: DaemonContext<typeof about.keys>): Promise<Programs> {
  const { config, paths } = ctx;
  const log = ctx.log.child({ mod: "logging" });
  const compress = config.compress_backups === "gzip";
  const limits = { maxSize: config.max_size, maxBackups: config.max_backups, compress };
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  const changes = new Changes();
  const places = filePlaces(new LocalDirectories(Date.now));
  const sinks = config.ship_to.map((to) =>
    openSink(to, { native, log, journal: `${paths.prefix}/run/systemd/journal/socket` }),
  );
  const logs: OpenLogs = new OpenLogs({
    host: { native, log, now: Date.now, scratch: new ScratchPipe(native), places },
    limits,
    inhibit: ctx.inhibit,
    onOpen(path, open) {
      if (sinks.length > 0)
        void ship(path, open, { sinks, logs, changes, places, maxBackups: limits.maxBackups, log });
    },
    onChange: (path) => changes.tell(path),
    onRotate(path) {
      if (compress) packer.add(path);
    },
    onProblem(path) {
      reading.tellProblem(path);
      forReaders.tellProblem(path);
    },
    records: new LogRecords(ctx.store, TableFile.open(`${paths.run}/virtlogd.state`, boot)),
  });
  const packer = new BackupPacker({
    places,
    maxBackups: limits.maxBackups,
    inTurn: (path, task) => logs.inTurn(path, task),
    log,
  });
  const root = config.log_root ?? paths.log;
  const list = new LogList({ logs, root, places, maxBackups: limits.maxBackups });
  const shared = { list, changes, places, maxBackups: limits.maxBackups };
  const reading = readingService({ ...shared, anyPath: true });
  const forReaders = readingService({ ...shared, anyPath: false });
  const group = config.log_readers;
  const busAddress = process.env.DBUS_SYSTEM_BUS_ADDRESS;
  const stopReaders =
    group === undefined
      ? () => {}
      : await letReadersIn(ctx, { group, service: forReaders.service, busAddress });
  const stopExpiry =
    config.max_age_days === 0
      ? () => {}
      : keepRemovingOldLogs({
          root,
          maxAgeDays: config.max_age_days,
          maxBackups: limits.maxBackups,
          isOpen: (path) => logs.get(path) !== undefined,
          now: Date.now,
          log,
          places,
        });
  return {
    services: [logService(logs)],
    adminServices: [reading.service],
    async close() {
      stopExpiry();
      stopReaders();
      void packer.stop(); // what it leaves is done again
      await logs.close();
      for (const sink of sinks) sink.close();
      ctx.store.close();
    },
    handOver: {
      async suspend() {
        await packer.stop();
        await logs.suspend();
      },
      resume() {
        logs.resume();
        packer.start();
      },
      begin: () => logs.adoptAll(),
    },
  };
}
