import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Filesystem } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { native } from "@libvirt-ts/native";
import type { Undo } from "@libvirt-ts/util/undo";
import { descriptorFiles } from "../caps/firmware-files.ts";
import { parseVhostUserDescriptor } from "../caps/vhost-user.ts";
import { optionText } from "../command/text.ts";
import type { QemuDomain } from "../guest.ts";
import type { GuestPaths } from "../process/guest-paths.ts";
import { giveToQemu } from "../process/ownership.ts";
import { listenOn } from "../process/resources.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { startHelper } from "./helper-process.ts";

/** The shared folders of a guest that a program of ours serves: not those somebody else's socket leads to. */
export const servedFilesystems = ({ devices }: Pick<QemuDomain["def"], "devices">): Filesystem[] =>
  devices.filesystems.filter(
    (fs) => fs.driver?.type === "virtiofs" && fs.type === "mount" && fs.source?.socket === undefined,
  );

const socketOf = ({ lib }: GuestPaths, { alias = "" }: Filesystem): string => join(lib, `${alias}-fs.sock`);
export const virtiofsdPidFile = ({ lib }: Pick<GuestPaths, "lib">, { alias = "" }: Filesystem): string =>
  join(lib, `${alias}-fs.pid`);

/**
 * Arguments of virtiofsd.
 * @param fd a socket that listens
 */
export function virtiofsdArgs(fs: Filesystem, fd: number, isDebug: boolean): string[] {
  const { binary, idmap } = fs;
  const { cache, sandbox, xattr, lock, threadPoolSize, openfilesMax } = binary ?? {};
  const flag = (name: string, value: boolean | undefined) =>
    [value === false ? `no_${name}` : name, value === undefined ? undefined : null] as const;
  const options = optionText(undefined, [
    ["source", fs.type === "mount" ? fs.source?.dir : undefined],
    ["cache", cache],
    ["sandbox", sandbox],
    flag("xattr", xattr),
    flag("flock", lock?.flock),
    flag("posix_lock", lock?.posix),
  ]);
  const maps = (option: string, rows: readonly { start: number; target: number; count: number }[] = []) =>
    rows.flatMap(({ start, target, count }) => [option, `:${start}:${target}:${count}:`]);
  return [
    `--fd=${fd}`,
    ...["-o", options],
    ...(threadPoolSize === undefined ? [] : [`--thread-pool-size=${threadPoolSize}`]),
    ...(openfilesMax === undefined ? [] : [`--rlimit-nofile=${openfilesMax}`]),
    ...maps("--uid-map", idmap?.uids),
    ...maps("--gid-map", idmap?.gids),
    ...(fs.readonly === true ? ["--readonly"] : []),
    ...(isDebug ? ["-d"] : []),
  ];
}

/**
 * Starts the programs that serve a guest's shared folders.
 * @throws VirError
 */
export async function startVirtiofsd(
  driver: QemuDriver,
  domain: QemuDomain,
  { paths, undo }: { paths: GuestPaths; undo: Undo },
): Promise<void> {
  for (const fs of servedFilesystems(domain.def)) {
    const program = fs.binary?.path ?? (await findVirtiofsd(driver));
    fs.binary = { ...fs.binary, path: program };
    const socket = socketOf(paths, fs);
    const fd = await listenOn(socket);
    try {
      await giveToQemu(driver, socket);
      const { uuid, name } = domain;
      const path = join(driver.dirs.log, `${name}-${fs.alias}-virtiofsd.log`);
      const log = await driver.logs.open({ driver: "qemu", uuid, name, path });
      try {
        const args = virtiofsdArgs(fs, fd, driver.settings.virtiofsd_debug);
        const pidFile = virtiofsdPidFile(paths, fs);
        await startHelper({ program, args, fds: [fd], logFd: log.fd, pidFile, env: driver.env, undo });
      } finally {
        native.close(log.fd);
      }
    } finally {
      native.close(fd);
    }
  }
}

/** The best program the host describes. @throws VirError OPERATION_FAILED when there is none */
async function findVirtiofsd({ vhostUserFolders }: QemuDriver): Promise<string> {
  for (const file of await descriptorFiles(vhostUserFolders)) {
    const found = parseVhostUserDescriptor(await readFile(file, "utf8"));
    if (found?.type === "fs") return found.binary;
  }
  throw new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_FAILED, "Unable to find a satisfying virtiofsd");
}
