import { HostCpu } from "@libvirt-ts/conf/host-cpu";
import { ErrorDomain } from "@libvirt-ts/errors";
import { parseXml, type XmlElement, XmlWriter } from "@libvirt-ts/xml";
import type { Candidate, CpuModel } from "./types.ts";

export { HostCpu } from "@libvirt-ts/conf/host-cpu";

export const readHostCpu = (root: XmlElement): HostCpu => HostCpu.parse(root, {});

/** @throws VirError for text that is not a host's `<cpu>` */
export const parseHostCpu = (text: string): HostCpu =>
  readHostCpu(parseXml(text, { errorDomain: ErrorDomain.CPU }));

export function formatHostCpu(cpu: HostCpu): string {
  const writer = new XmlWriter();
  HostCpu.format(cpu, writer, {});
  return writer.toString();
}

/** Everything a host lists, it has. */
export const modelOfHost = ({ model, vendor, signature, features }: HostCpu): CpuModel => ({
  ...(model !== undefined && { model }),
  ...(vendor !== undefined && { vendor }),
  ...(signature && { signature }),
  features: features.map(({ name }) => ({ name, policy: "require" })),
});

export const candidateOfHost = (cpu: HostCpu): Candidate => ({
  ...modelOfHost(cpu),
  arch: cpu.arch,
});

/** A described processor as a host's. */
export const hostOfModel = (arch: string, { model, vendor, signature, features }: CpuModel): HostCpu => ({
  arch,
  ...(model !== undefined && { model }),
  ...(vendor !== undefined && { vendor }),
  ...(signature && { signature }),
  features: features.filter(({ policy }) => policy === "require").map(({ name }) => ({ name })),
  pages: [],
});
