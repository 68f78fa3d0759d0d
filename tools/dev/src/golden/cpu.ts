import {
  type AnyCpu,
  type CpuModel,
  cpuArch,
  formatGuestCpu,
  formatHostCpu,
  guestOfModel,
  hostOfModel,
  parseAnyCpu,
} from "@libvirt-ts/cpu";
import type { Corpus, Row } from "./corpus.ts";

/** A file of the case: `inputs.NAME`. */
export function inputText(row: Row, corpus: Corpus, name: string): string {
  const inputs = row.inputs as Record<string, string> | undefined; // the README's format
  return corpus.text(inputs?.[name]);
}

export const cpuInput = (row: Row, corpus: Corpus, name: string): AnyCpu =>
  parseAnyCpu(inputText(row, corpus, name));

/** The architecture's part, which every case has. */
export function archOf(row: Row) {
  const arch = cpuArch(row.arch ?? "");
  if (!arch) throw new Error(`nothing is known of ${row.arch}`);
  return arch;
}

export const asGuest = (model: CpuModel, fallback?: "allow" | "forbid"): string =>
  formatGuestCpu(guestOfModel(model, fallback));

export const asHost = (arch: string, model: CpuModel): string => formatHostCpu(hostOfModel(arch, model));
