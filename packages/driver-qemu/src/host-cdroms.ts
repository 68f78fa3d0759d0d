import { stat } from "node:fs/promises";
import type { DomainDef } from "@libvirt-ts/conf/domain";

/** Major number of SCSI CD-ROM drives; no others are left in Linux. */
const SCSI_CDROM = 11;

/** Which of a guest's CD-ROMs are drives of the host: QEMU passes commands on to these. */
export async function hostCdromsOf({ devices }: Pick<DomainDef, "devices">): Promise<ReadonlySet<string>> {
  const paths = devices.disks.flatMap((disk) =>
    disk.device === "cdrom" && disk.type === "block" && disk.source?.dev ? [disk.source.dev] : [],
  );
  const found = await Promise.all(paths.map(isCdrom));
  return new Set(paths.filter((_, at) => found[at]));
}

async function isCdrom(path: string): Promise<boolean> {
  try {
    const { rdev } = await stat(path);
    return major(rdev) === SCSI_CDROM;
  } catch {
    return false; // whoever opens it will tell
  }
}

const major = (rdev: number): number => (rdev >> 8) & 0xfff;
