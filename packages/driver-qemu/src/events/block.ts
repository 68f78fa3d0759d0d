import type { QemuDomain } from "../guest.ts";
import { releaseLocks } from "../process/locks.ts";
import type { EventHandler } from "./qmp-events.ts";

/** `virDomainEventIOErrorAction`, by QEMU's words. */
const errorActions: Readonly<Record<string, number>> = { ignore: 0, stop: 1, report: 2 };

type Disk = NonNullable<QemuDomain["def"]["devices"]["disks"]>[number];

/** The disk of a QOM path or block node as QEMU names it. */
function findDisk(domain: QemuDomain, qomPath: unknown): Disk | undefined {
  const path = String(qomPath ?? "");
  return domain.def.devices.disks?.find(
    ({ alias }) => alias !== undefined && (path === alias || path.split("/").includes(alias)),
  );
}

export const sourcePath = (disk: Disk | undefined): string => {
  const source = disk?.source;
  return source && "file" in source
    ? (source.file ?? "")
    : source && "dev" in source
      ? (source.dev ?? "")
      : "";
};

export const blockIoError: EventHandler = ({ driver, domain, guest }, data) => {
  const disk = findDisk(domain, data["qom-path"] ?? data.device);
  const action = String(data.action);
  const fields = {
    srcPath: sourcePath(disk),
    devAlias: disk?.alias ?? "",
    action: errorActions[action] ?? 0,
  };
  driver.events.emit("ioError", domain, fields);
  driver.events.emit("ioErrorReason", domain, { ...fields, reason: data.nospace === true ? "enospc" : "" });
  if (action === "stop" && domain.state.name === "running") {
    domain.move({ name: "paused", reason: "ioerror" });
    driver.status.save(domain);
    guest.queue.push(() => releaseLocks(driver, domain));
  }
};

export const trayMoved: EventHandler = ({ driver, domain }, data) => {
  const disk = findDisk(domain, data.id ?? data.device);
  if (!disk) return;
  const isOpen = data["tray-open"] === true;
  disk.target.tray = isOpen ? "open" : "closed";
  driver.status.save(domain);
  driver.events.emit("trayChange", domain, { devAlias: disk.alias ?? "", reason: isOpen ? 0 : 1 });
};
