import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Keys } from "@libvirt-ts/config";
import { augeasLens, sampleConf } from "@libvirt-ts/config/docs";
import type { DaemonAbout } from "@libvirt-ts/daemon";
import { qemuKeys } from "@libvirt-ts/driver-qemu";
import { qemuLockdKeys } from "@libvirt-ts/lock-manager";
import { manPage } from "./man-page.ts";

export const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Configuration files beside those that bear a daemon's name. */
const otherTables: readonly { daemon: string; file: string; lens: string; title: string; keys: Keys }[] = [
  {
    daemon: "virtqemud",
    file: "qemu",
    lens: "libvirtd_qemu",
    title: "How QEMU guests are run",
    keys: qemuKeys,
  },
  {
    daemon: "virtqemud",
    file: "qemu-lockd",
    lens: "libvirt_lockd",
    title: "How images of QEMU guests are locked by virtlockd",
    keys: qemuLockdKeys,
  },
];

/** @returns every generated file by its path below the root of the project */
export async function documents(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const names = readdirSync(`${root}/daemons`).sort();
  for (const name of names.filter((each) => existsSync(`${root}/daemons/${each}/src/about.ts`))) {
    const { about } = (await import(`${root}/daemons/${name}/src/about.ts`)) as { about: DaemonAbout };
    files.set(`daemons/${name}/${name}.8`, manPage(about));
    addTable(files, {
      daemon: name,
      file: name,
      lens: name,
      title: `Configuration of ${name}, the ${about.summary}`,
      keys: about.keys,
    });
  }
  for (const table of otherTables) addTable(files, table);
  return files;
}

function addTable(
  files: Map<string, string>,
  { daemon, file, lens, title, keys }: (typeof otherTables)[number],
): void {
  const module = lens.charAt(0).toUpperCase() + lens.slice(1);
  files.set(`daemons/${daemon}/${file}.conf`, sampleConf({ title, keys }));
  files.set(
    `daemons/${daemon}/${lens}.aug`,
    augeasLens({ module, files: [`/etc/libvirt/${file}.conf`], keys }),
  );
}
