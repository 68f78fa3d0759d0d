import { StorageVolDeleteFlags } from "@libvirt-ts/api";
import { doing, ShellError } from "@libvirt-ts/cli";
import type { Domain, StorageVol } from "@libvirt-ts/client";
import { VirError } from "@libvirt-ts/errors";
import { parseXml } from "@libvirt-ts/xml";
import type { Context } from "../context.ts";
import { disksOf } from "../monitor/domain.ts";

/** A volume of a disk. */
export interface DiskVolume {
  readonly volume: StorageVol;
  readonly target: string;
  readonly source: string;
}

/**
 * The volumes of a domain's disks, to be removed once it is forgotten.
 * @param wanted targets or sources, all of them if absent; one that no disk has is an error
 */
export async function volumesOf(
  { connect, out }: Context,
  domain: Domain,
  wanted: string | undefined,
): Promise<DiskVolume[]> {
  const left = new Set(wanted?.split(","));
  const volumes: DiskVolume[] = [];
  for (const { target, source } of disksOf(parseXml(await domain.getXmlDesc()))) {
    if (source === undefined) continue;
    const isWanted = wanted === undefined || left.delete(target) || left.delete(source);
    if (!isWanted) continue;
    try {
      volumes.push({ volume: await connect.storageVolLookupByPath({ path: source }), target, source });
    } catch (error) {
      if (!(error instanceof VirError)) throw error;
      out.error(`Storage volume '${target}'(${source}) is not managed by libvirt. Remove it manually.\n`);
    }
  }
  const [unknown] = left;
  if (unknown !== undefined)
    throw new ShellError(`Volume '${unknown}' was not found in domain's definition.\n`);
  return volumes;
}

export async function removeVolumes(
  { out }: Context,
  volumes: readonly DiskVolume[],
  { wipe, snapshots }: { wipe: boolean; snapshots: boolean },
): Promise<void> {
  for (const { volume, target, source } of volumes) {
    const name = `'${target}'(${source})`;
    if (wipe) {
      out.text(`Wiping volume ${name} ... `);
      await doing(`Failed to wipe volume ${name}`, volume.wipe());
      out.text("Done.\n");
    }
    const flags = snapshots ? StorageVolDeleteFlags.WITH_SNAPSHOTS : 0;
    await doing(`Failed to remove storage volume ${name}`, volume.delete({ flags }));
    out.text(`Volume ${name} removed.\n`);
  }
}
