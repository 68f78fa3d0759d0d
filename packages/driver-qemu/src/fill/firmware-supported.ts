import { fitsMachine } from "./firmware.ts";
import type { FirmwareDescriptor } from "./firmware-descriptor.ts";

export interface SupportedFirmware {
  kinds: readonly ("bios" | "efi")[];
  /** Some of it wants system management mode: its secure boot is to be relied on. */
  hasSecureBoot: boolean;
  /** Images, and the variables that go with them. */
  images: readonly { path: string; nvram?: string }[];
}

/** The host's firmware that fits an architecture and machine, in its own order. */
export function supportedFirmware(
  descriptors: readonly FirmwareDescriptor[],
  board: { arch: string; machine: string },
): SupportedFirmware {
  const fitting = descriptors.filter((each) => fitsMachine(each, board));
  const types = new Set(fitting.flatMap((each) => each["interface-types"]));
  const images = new Map<string, { path: string; nvram?: string }>();
  for (const { mapping } of fitting) {
    if (mapping.device === "kernel") continue;
    const path = mapping.device === "flash" ? mapping.executable.filename : mapping.filename;
    const nvram = mapping.device === "flash" ? mapping["nvram-template"]?.filename : undefined;
    images.set(`${path} ${nvram}`, { path, ...(nvram !== undefined && { nvram }) });
  }
  return {
    kinds: [...(types.has("bios") ? ["bios" as const] : []), ...(types.has("uefi") ? ["efi" as const] : [])],
    hasSecureBoot: fitting.some(({ features }) => features.includes("requires-smm")),
    images: [...images.values()],
  };
}
