import type { Cpu } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain } from "@libvirt-ts/errors";
import { childNamed, parseXml, type XmlElement } from "@libvirt-ts/xml";
import { cpuError } from "./errors.ts";
import { candidateOfGuest, readGuestCpu } from "./guest-cpu.ts";
import { modelOfGuest } from "./guest-model.ts";
import { candidateOfHost, type HostCpu, modelOfHost, readHostCpu } from "./host-cpu.ts";
import type { Candidate, CpuModel } from "./types.ts";

/** A `<cpu>`: one with an architecture is a host's. */
export type AnyCpu = { kind: "host"; cpu: HostCpu } | { kind: "guest"; cpu: Cpu };

/** @throws VirError for elements that are no `<cpu>` */
export function readAnyCpu(root: XmlElement): AnyCpu {
  if (root.name !== "cpu") throw cpuError(ErrorCode.XML_ERROR, "XML does not contain expected 'cpu' element");
  if (!childNamed(root, "arch")) return { kind: "guest", cpu: readGuestCpu(root) };
  if (root.attrs.match !== undefined)
    throw cpuError(
      ErrorCode.XML_ERROR,
      "'arch' element element cannot be used inside 'cpu' element with 'match' attribute'",
    );
  return { kind: "host", cpu: readHostCpu(root) };
}

/** @throws VirError for text that is no `<cpu>` */
export const parseAnyCpu = (text: string): AnyCpu =>
  readAnyCpu(parseXml(text, { errorDomain: ErrorDomain.CPU }));

export const modelOfAny = ({ kind, cpu }: AnyCpu): CpuModel =>
  kind === "host" ? modelOfHost(cpu) : modelOfGuest(cpu);

export const candidateOfAny = ({ kind, cpu }: AnyCpu): Candidate =>
  kind === "host" ? candidateOfHost(cpu) : candidateOfGuest(cpu);
