import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import type { ServerStream } from "@libvirt-ts/rpc/server";
import type { Guest, QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { changeGuest } from "./with-guest.ts";

const CHUNK = 64 * 1024;
const PRIVATE = 0o600;

export function screenshotHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async domainScreenshot({ dom, screen, flags }, call) {
      checkFlags(flags, 0, "qemuDomainScreenshot", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const shot = await changeGuest(domain, "virDomainScreenshot", (guest) =>
        takeScreenshot(driver, domain, guest, screen),
      );
      call.openStream({ serve: (stream) => sendFile(shot.file, stream) });
      return { mime: shot.mime };
    },
  };
}

/**
 * Lets QEMU write a picture into a file of ours. The name is gone when this returns: only the open file remains.
 * @param screen counts the heads of all video cards
 */
async function takeScreenshot(
  driver: QemuDriver,
  { def }: QemuDomain,
  { monitor, facts }: Guest,
  screen: number,
): Promise<{ file: FileHandle; mime: string }> {
  const target = findScreen(def, screen);
  const isPng = facts.caps.flags.has("screenshot-format-png");
  const path = join(facts.paths.lib, `screendump.${randomBytes(6).toString("hex")}`);
  // The folder is QEMU's own. What is read afterwards is this very file, whatever else gets its name.
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, PRIVATE);
  try {
    if (driver.paths.privileged) await file.chown(driver.user.uid, driver.user.gid);
    await monitor.screendump(path, { ...target, ...(isPng ? { format: "png" } : {}) });
    return { file, mime: isPng ? "image/png" : "image/x-portable-pixmap" };
  } catch (error) {
    await file.close();
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}

/** The first screen needs no name. */
function findScreen(
  { devices: { videos } }: QemuDomain["def"],
  screen: number,
): { device?: string | undefined; head?: number } {
  const cards = videos.filter(({ model }) => model?.type !== "none");
  if (cards.length === 0) throw invalid("no screens to take screenshot from");
  if (screen === 0) return {};
  let head = screen;
  for (const { alias, model } of cards) {
    const heads = model?.heads ?? 1;
    if (head < heads) return { device: alias, head };
    head -= heads;
  }
  throw invalid("no such screen ID");
}

async function sendFile(file: FileHandle, stream: ServerStream): Promise<void> {
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (let at = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK, at);
      if (bytesRead === 0) break;
      await stream.write(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    await stream.end();
  } finally {
    await file.close();
  }
}
