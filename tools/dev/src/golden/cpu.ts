import {
  type Candidate,
  type CpuModel,
  candidateOfGuest,
  candidateOfHost,
  cpuArch,
  formatGuestCpu,
  formatHostCpu,
  guestOfModel,
  hostOfModel,
  modelOfGuest,
  modelOfHost,
  readGuestCpu,
  readHostCpu,
} from "@libvirt-ts/cpu";
import { childNamed, parseXml, type XmlElement } from "@libvirt-ts/xml";
import type { Corpus, Row } from "./corpus.ts";

/** A file of the case: `inputs.NAME`. */
export function inputText(row: Row, corpus: Corpus, name: string): string {
  const inputs = row.inputs as Record<string, string> | undefined; // the README's format
  return corpus.text(inputs?.[name]);
}

/** A `<cpu>`: one with an architecture is a host's. */
export type AnyCpu =
  | { kind: "host"; cpu: ReturnType<typeof readHostCpu> }
  | { kind: "guest"; cpu: ReturnType<typeof readGuestCpu> };

export function readCpu(root: XmlElement): AnyCpu {
  return childNamed(root, "arch")
    ? { kind: "host", cpu: readHostCpu(root) }
    : { kind: "guest", cpu: readGuestCpu(root) };
}

export const cpuInput = (row: Row, corpus: Corpus, name: string): AnyCpu =>
  readCpu(parseXml(inputText(row, corpus, name)));

export const modelOf = ({ kind, cpu }: AnyCpu): CpuModel =>
  kind === "host" ? modelOfHost(cpu) : modelOfGuest(cpu);

export const candidateOf = ({ kind, cpu }: AnyCpu): Candidate =>
  kind === "host" ? candidateOfHost(cpu) : candidateOfGuest(cpu);

/** The architecture's part, which every case has. */
export function archOf(row: Row) {
  const arch = cpuArch(row.arch ?? "");
  if (!arch) throw new Error(`nothing is known of ${row.arch}`);
  return arch;
}

export const asGuest = (model: CpuModel, fallback?: "allow" | "forbid"): string =>
  formatGuestCpu(guestOfModel(model, fallback));

export const asHost = (arch: string, model: CpuModel): string => formatHostCpu(hostOfModel(arch, model));
