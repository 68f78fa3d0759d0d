import type { LockOwner, LockResource } from "@libvirt-ts/lock-manager";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";

/** Who holds the locks of a running guest. */
export const lockOwner = (domain: QemuDomain, pid: number): LockOwner => ({
  uuid: domain.uuid,
  name: domain.name,
  id: domain.id,
  pid,
});

/** What has to be locked while the CPUs run: the top image of every writable disk. */
export function lockResources({ def }: QemuDomain): LockResource[] {
  return def.devices.disks.flatMap((disk) => {
    if (disk.readonly || disk.device === "cdrom") return [];
    const path = diskPath(disk);
    return path === undefined ? [] : [{ path, shared: disk.shareable === true }];
  });
}

type Disk = QemuDomain["def"]["devices"]["disks"][number];

/** The local path of a disk's image; networks and empty drives have none. */
export function diskPath(disk: Disk): string | undefined {
  switch (disk.type) {
    case "file":
      return disk.source?.file;
    case "block":
      return disk.source?.dev;
    case "dir":
      return disk.source?.dir;
    default:
      return undefined;
  }
}

/** Before the CPUs run. @throws VirError RESOURCE_BUSY when somebody else holds an image */
export async function acquireLocks(driver: QemuDriver, domain: QemuDomain): Promise<void> {
  const guest = domain.live;
  if (guest) await driver.locks.acquire(lockOwner(domain, guest.process.pid), lockResources(domain));
}

/** The CPUs have stopped. A lock that cannot be given back ends with the guest anyway. */
export async function releaseLocks(driver: QemuDriver, domain: QemuDomain): Promise<void> {
  const guest = domain.live;
  if (!guest || guest.process.hasEnded) return;
  try {
    await driver.locks.release(lockOwner(domain, guest.process.pid), lockResources(domain));
  } catch (error) {
    driver.log.warn({ err: error, domain: domain.name }, "cannot release the locks of a stopped guest");
  }
}
