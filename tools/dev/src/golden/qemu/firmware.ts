import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type FirmwareDescriptor, parseFirmwareDescriptor } from "@libvirt-ts/driver-qemu/command";
import type { Corpus } from "../corpus.ts";

/** Where descriptors lie; a later folder hides files of the same name in an earlier one. */
const folders = ["usr/share/qemu/firmware", "etc/qemu/firmware", "home/user/.config/qemu/firmware"];

let loaded: FirmwareDescriptor[] | undefined;

/** The descriptors of the pretended host (README §4.7), by file name; an empty file hides its name. */
export function firmwareOf(corpus: Corpus): readonly FirmwareDescriptor[] {
  if (loaded !== undefined) return loaded;
  const files = new Map<string, string>();
  for (const folder of folders) {
    const path = join(corpus.root, "files/qemufirmwaredata", folder);
    if (!existsSync(path)) continue;
    for (const name of readdirSync(path)) if (name.endsWith(".json")) files.set(name, join(path, name));
  }
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  loaded = sorted.flatMap(([, path]) => parseFirmwareDescriptor(readFileSync(path, "utf8")) ?? []);
  return loaded;
}

const pairs: Readonly<Record<string, readonly [string, string]>> = {
  "OVMF/OVMF": ["/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"],
  "OVMF/OVMF_CODE.secboot": ["/usr/share/OVMF/OVMF_CODE.secboot.fd", "/usr/share/OVMF/OVMF_VARS.fd"],
  "AAVMF/AAVMF": ["/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"],
  "AAVMF/AAVMF32": ["/usr/share/AAVMF/AAVMF32_CODE.fd", "/usr/share/AAVMF/AAVMF32_VARS.fd"],
};

/** One of the four pairs of the default configuration. */
export const legacyPair = (name: string): readonly [string, string] => pairs[name] ?? ["", ""];
