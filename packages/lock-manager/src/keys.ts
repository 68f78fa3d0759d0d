import { flag, type Keys, optionalFlag, optionalStr } from "@libvirt-ts/config";

/** Keys of `qemu-lockd.conf`. */
export const qemuLockdKeys = {
  auto_disk_leases: flag(true, {
    doc: "Whether every disk is locked by itself; otherwise only what <lease> names.",
  }),
  require_lease_for_disks: optionalFlag({
    doc: "Whether a guest with writable disks needs a lease. Default: the opposite of auto_disk_leases.",
  }),
  file_lockspace_dir: optionalStr({
    doc: "Directory for lock files named by the SHA-256 of the image's path, instead of locking the images.",
  }),
  lvm_lockspace_dir: optionalStr({ doc: "Directory for lock files of logical volumes, named by UUID." }),
  scsi_lockspace_dir: optionalStr({ doc: "Directory for lock files of SCSI disks, named by serial number." }),
} satisfies Keys;
