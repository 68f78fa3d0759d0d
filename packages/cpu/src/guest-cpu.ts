import { Cpu } from "@libvirt-ts/conf/domain";
import { ErrorDomain } from "@libvirt-ts/errors";
import { parseXml, type XmlElement, XmlWriter } from "@libvirt-ts/xml";
import { modelOfGuest } from "./guest-model.ts";
import type { Candidate, CpuModel } from "./types.ts";

export const readGuestCpu = (root: XmlElement): Cpu => Cpu.parse(root, {});

/** @throws VirError for text that is not a guest's `<cpu>` */
export const parseGuestCpu = (text: string): Cpu =>
  readGuestCpu(parseXml(text, { errorDomain: ErrorDomain.CPU }));

export function formatGuestCpu(cpu: Cpu): string {
  const writer = new XmlWriter();
  Cpu.format(cpu, writer, {});
  return writer.toString();
}

export const candidateOfGuest = (cpu: Cpu): Candidate => ({
  ...modelOfGuest(cpu),
  match: cpu.match ?? "exact",
  mode: cpu.mode ?? "custom",
});

/** A described processor as a guest's. */
export const guestOfModel = (
  { model, vendor, features }: CpuModel,
  fallback: "allow" | "forbid" = "allow",
): Cpu => ({
  mode: "custom",
  match: "exact",
  ...(model !== undefined && { model: { name: model, fallback } }),
  ...(vendor !== undefined && { vendor }),
  features: [...features],
});
