import type { DomainCapabilities } from "@libvirt-ts/conf/domain-capabilities";
import { choicesOf, enumeration } from "./choices.ts";
import { cpuModes } from "./cpu.ts";
import { devices } from "./devices.ts";
import { features } from "./features.ts";
import { type DomainCapabilitiesRequest, has, type Section } from "./request.ts";

const memoryBacking: Section = {
  tag: "memoryBacking",
  enums: [["sourceType", ["file", "anonymous", ["memfd", has("memory-backend-memfd")]]]],
};

/** `virsh domcapabilities`: what a guest on this machine type may have. */
export function describeDomainCapabilities(request: DomainCapabilitiesRequest): DomainCapabilities {
  const { caps, machine, maxVcpus, virtType } = request;
  return {
    path: caps.emulator,
    domain: virtType,
    machine: machine.name,
    arch: caps.arch,
    vcpu: maxVcpus > 0 ? maxVcpus : undefined,
    iothreads: { supported: true },
    os: bootWays(request),
    cpu: { modes: cpuModes(request) },
    memoryBacking: choicesOf(memoryBacking, request),
    devices: Object.fromEntries(devices.map((device) => [device.tag, choicesOf(device, request)])),
    features: features(request),
  };
}

function bootWays(request: DomainCapabilitiesRequest): DomainCapabilities["os"] {
  const { images, kinds, hasSecureBoot } = request.firmware;
  return {
    supported: true,
    enums: [enumeration("firmware", kinds, request)],
    loader: {
      supported: true,
      values: [...images],
      enums: [
        enumeration("type", ["rom", "pflash"], request),
        enumeration("readonly", ["yes", "no"], request),
        enumeration("secure", hasSecureBoot ? ["yes", "no"] : ["no"], request),
      ],
    },
  };
}
