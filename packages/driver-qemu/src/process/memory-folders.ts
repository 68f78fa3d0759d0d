import { mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { Undo } from "@libvirt-ts/util/undo";
import { hugePageMounts, usesHugePages } from "../host-memory.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import type { GuestPaths } from "./guest-paths.ts";
import { giveToQemu } from "./ownership.ts";

/** Folders for files that are a guest's memory. */
export async function memoryFolders(
  driver: QemuDriver,
  def: DomainDef,
  { memoryBacking }: GuestPaths,
): Promise<string[]> {
  const folders = mayUseFiles(def) ? [memoryBacking] : [];
  if (!usesHugePages(def)) return folders;
  const mounts = await hugePageMounts(driver);
  return [...folders, ...mounts.map(({ dir }) => join(dir, "libvirt/qemu", basename(memoryBacking)))];
}

const mayUseFiles = ({ memoryBacking, cpu, devices }: DomainDef): boolean =>
  memoryBacking?.source === "file" ||
  memoryBacking?.access !== undefined ||
  cpu?.numa?.cells.some(({ memAccess }) => memAccess !== undefined) === true ||
  devices.memories.length > 0;

export async function makeMemoryFolders(
  driver: QemuDriver,
  def: DomainDef,
  { paths, undo }: { paths: GuestPaths; undo: Undo },
): Promise<void> {
  for (const folder of await memoryFolders(driver, def, paths)) {
    undo.add(() => rm(folder, { recursive: true, force: true }));
    // Others pass through what is above it.
    await mkdir(dirname(folder), { recursive: true, mode: 0o755 });
    await mkdir(folder, { mode: 0o700 });
    await giveToQemu(driver, folder);
  }
}
