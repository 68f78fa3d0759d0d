import type { Disk } from "@libvirt-ts/conf/domain";
import { VirError } from "@libvirt-ts/errors";
import { Undo } from "@libvirt-ts/util/undo";
import { assignNodeIndexes } from "../command/block-indexes.ts";
import { isEmptySource } from "../device/image-layer.ts";
import { type Plugging, partsOfDisk, prepareImage } from "./plug.ts";
import { addParts } from "./plug-parts.ts";
import { endChain } from "./prepare.ts";
import { releaseImage, removeNodes } from "./unplug.ts";

/**
 * Puts another medium into a drive, or none.
 * @param next what the drive holds then: its type, source and format count
 * @param force also when the guest has locked its tray
 */
export async function changeMedium(
  plugging: Plugging,
  drive: Disk,
  { next, force }: { next: Disk; force: boolean },
): Promise<void> {
  const { driver, domain, guest } = plugging;
  const { monitor } = guest;
  const alias = drive.alias ?? "";
  const filled = { ...drive, ...medium(next) } as Disk; // the type and the source it belongs to
  await endChain(filled);
  const undo = new Undo();
  try {
    if (!isEmptySource(filled)) {
      assignNodeIndexes({
        ...domain.def,
        devices: { ...domain.def.devices, disks: [...domain.def.devices.disks, filled] },
      });
      await prepareImage(plugging, filled, undo);
    }
    const nodes = partsOfDisk(plugging, filled);
    const device = nodes.at(-1);
    await addParts(monitor, nodes.slice(0, -1), undo);
    const inOpenTray = (act: () => Promise<unknown>) =>
      openTrayFor(act, () => monitor.openTray(alias, force));
    if (isEmptySource(drive)) await monitor.openTray(alias, force);
    else {
      await inOpenTray(() => monitor.removeMedium(alias));
      await removeNodes(plugging, drive);
      await releaseImage(plugging, drive);
      Object.assign(drive, { source: undefined, backingStore: undefined }); // whatever comes of the rest
    }
    if (!isEmptySource(filled) && device?.kind === "device") {
      await inOpenTray(() => monitor.insertMedium(alias, String(device.props.drive)));
      await monitor.closeTray(alias);
    }
    undo.keep();
  } finally {
    await undo.run((err) => driver.log.warn({ err, domain: domain.name }, "clean-up step failed"));
  }
  Object.assign(drive, medium(filled));
  driver.status.save(domain);
}

const mostTries = 3;

/** The guest, or its firmware, may close the tray at any moment: then it is opened again. */
async function openTrayFor(act: () => Promise<unknown>, open: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    await open();
    try {
      await act();
      return;
    } catch (error) {
      if (tries === mostTries || !(error instanceof VirError)) throw error;
    }
  }
}

/** What of a drive goes with its medium. */
export function medium({ type, source, backingStore, driver }: Disk): Pick<
  Disk,
  "type" | "driver" | "backingStore"
> & {
  source: unknown;
} {
  return { type, source, backingStore, driver };
}
