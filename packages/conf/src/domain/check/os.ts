import { xmlDetail } from "../errors.ts";
import type { Os } from "../os.ts";

/** Firmware that is asked for, and firmware that is named, must go together. */
export function checkOs({ firmware, firmwareInfo, loader, nvram }: Os): void {
  const state = (name: string) => firmwareInfo?.features.find((feature) => feature.name === name)?.enabled;
  if (state("enrolled-keys") === true && state("secure-boot") === false) {
    throw xmlDetail(
      "firmware feature 'enrolled-keys' cannot be enabled when firmware feature 'secure-boot' is disabled",
    );
  }
  if (firmwareInfo && firmware === undefined)
    throw xmlDetail(
      "cannot use feature-based firmware autoselection when firmware autoselection is disabled",
    );
  if (firmware === undefined && loader && loader.path === undefined)
    throw xmlDetail("no loader path specified and firmware auto selection disabled");
  if (loader?.stateless && nvram) {
    throw xmlDetail(
      nvram.template !== undefined
        ? "NVRAM template is not permitted when loader is stateless"
        : "NVRAM is not permitted when loader is stateless",
    );
  }
  if (firmware === undefined && nvram && loader?.path === undefined)
    throw xmlDetail("no loader path specified and firmware auto selection disabled");
  if (firmware === "bios" && loader?.stateless === false) throw xmlDetail("Only EFI firmware permits NVRAM");
  if (firmware !== undefined && firmware !== "efi" && nvram) {
    throw xmlDetail(`firmware type '${firmware}' does not support nvram`);
  }
}
