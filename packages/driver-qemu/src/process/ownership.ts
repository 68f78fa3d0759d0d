import { chown, stat } from "node:fs/promises";
import type { Disk } from "@libvirt-ts/conf/domain";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { diskPath } from "./locks.ts";
import { nvramPath } from "./nvram.ts";

/** Makes a file or folder of ours QEMU's own. */
export async function giveToQemu({ user }: Pick<QemuDriver, "user">, path: string): Promise<void> {
  if (user.uid !== process.getuid?.()) await chown(path, user.uid, user.gid);
}

/** Whose a file was before a guest got it. */
export interface FormerOwner {
  path: string;
  uid: number;
  gid: number;
}

/**
 * Gives the guest's images to the user QEMU runs as.
 * @returns whose they were, in the order they were given
 * @throws VirError SYSTEM_ERROR; then all are as before
 */
export const giveImages = (driver: QemuDriver, { def }: QemuDomain): Promise<FormerOwner[]> =>
  giveFiles(driver, images(def));

/** The same for a disk that is plugged in. */
export function giveDisk(driver: QemuDriver, disk: Disk): Promise<FormerOwner[]> {
  const path = diskPath(disk);
  return giveFiles(driver, path === undefined ? [] : [path]);
}

async function giveFiles(driver: QemuDriver, files: readonly string[]): Promise<FormerOwner[]> {
  const { user, settings, paths } = driver;
  if (!paths.privileged || !settings.dynamic_ownership) return [];
  const given: FormerOwner[] = [];
  try {
    for (const path of files) {
      const { uid, gid } = await stat(path);
      if (uid === user.uid && gid === user.gid) continue;
      await chown(path, user.uid, user.gid);
      given.push({ path, uid, gid });
    }
    return given;
  } catch (error) {
    await takeBackImages(driver, given);
    const cause = error as NodeJS.ErrnoException; // node:fs throws nothing else
    const { uid, gid } = user;
    throw systemError(
      ErrorDomain.SECURITY,
      cause,
      `unable to set user and group to '${uid}:${gid}' on '${cause.path}'`,
    );
  }
}

/** Gives files back to whom they belonged, or to root where nobody is to be remembered. */
export async function takeBackImages(driver: QemuDriver, given: readonly FormerOwner[]): Promise<void> {
  const remembers = driver.settings.remember_owner;
  for (const { path, uid, gid } of given) {
    try {
      await chown(path, remembers ? uid : 0, remembers ? gid : 0);
    } catch (error) {
      driver.log.warn({ err: error, path }, "cannot restore the owner of a file");
    }
  }
}

/** Local files that QEMU opens by name. */
function images({ devices, os }: QemuDomain["def"]): string[] {
  const disks = devices.disks.map(diskPath);
  return [...disks, os.kernel, os.initrd, os.dtb, nvramPath({ os })].filter((path) => path !== undefined);
}
