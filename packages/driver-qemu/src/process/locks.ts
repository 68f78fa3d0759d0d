import { ErrorDomain, internal } from "@libvirt-ts/errors";
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

/**
 * What has to be locked while the CPUs run: the top image of every writable disk, and the files that leases name.
 * @throws VirError LOCKING/INTERNAL_ERROR for a lease inside a file
 */
export function lockResources({ def }: QemuDomain): LockResource[] {
  const { disks, leases } = def.devices;
  return [...leases.map(leaseResource), ...disks.flatMap((disk) => diskResource(disk) ?? [])];
}

export type Lease = QemuDomain["def"]["devices"]["leases"][number];

function leaseResource({ key, lockspace, target }: Lease): LockResource {
  if (target.offset) throw internal(ErrorDomain.LOCKING, "Offset must be zero for this lock manager");
  if (lockspace === undefined)
    throw internal(ErrorDomain.LOCKING, "Missing path or lockspace for lease resource");
  return { lockspace: `${target.path}/${lockspace}`, key };
}

/** Read-only disks, and those without a local image, are not locked. */
function diskResource(disk: Disk): LockResource | undefined {
  if (disk.readonly || disk.device === "cdrom") return undefined;
  const path = diskPath(disk);
  return path === undefined ? undefined : { path, shared: disk.shareable === true };
}

/**
 * Locks one more image, or lease, of a guest that runs: for what is plugged in, or what a block job or snapshot will
 * write. To be held before QEMU sees the image, and given back once QEMU has let it go.
 * @returns gives it back; a failure is only logged, as the lock ends with the guest anyway
 * @throws VirError RESOURCE_BUSY when somebody else holds it
 */
export async function lockOneMore(
  driver: QemuDriver,
  domain: QemuDomain,
  what: Disk | Lease,
): Promise<() => Promise<void>> {
  const resource = "key" in what ? leaseResource(what) : diskResource(what);
  const guest = domain.live;
  if (!guest || !resource) return async () => {};
  const owner = lockOwner(domain, guest.process.pid);
  await driver.locks.acquire(owner, [resource]);
  return () => giveBack(driver, domain, owner, [resource]);
}

/** A disk, or lease, has left a guest that runs; its image is anybody's again. */
export async function unlockOne(driver: QemuDriver, domain: QemuDomain, what: Disk | Lease): Promise<void> {
  const resource = "key" in what ? leaseResource(what) : diskResource(what);
  const guest = domain.live;
  if (!guest || !resource) return;
  await giveBack(driver, domain, lockOwner(domain, guest.process.pid), [resource]);
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
  await giveBack(driver, domain, lockOwner(domain, guest.process.pid), lockResources(domain));
}

async function giveBack(
  driver: QemuDriver,
  domain: QemuDomain,
  owner: LockOwner,
  resources: readonly LockResource[],
): Promise<void> {
  try {
    await driver.locks.release(owner, resources);
  } catch (error) {
    driver.log.warn({ err: error, domain: domain.name }, "cannot release the locks of a stopped guest");
  }
}
