import { XmlWriter } from "@libvirt-ts/xml";
import { writeCpu } from "./cpu.ts";
import { devices } from "./devices.ts";
import { writeFeatures } from "./features.ts";
import { type DomainCapabilitiesRequest, has, type Section } from "./request.ts";
import { enumeration, leaf, section, support } from "./write.ts";

const memoryBacking: Section = {
  tag: "memoryBacking",
  enums: [["sourceType", ["file", "anonymous", ["memfd", has("memory-backend-memfd")]]]],
};

/** `virsh domcapabilities`: what a guest on this machine type may have. */
export function formatDomainCapabilities(request: DomainCapabilitiesRequest): string {
  const { caps, machine, maxVcpus, virtType } = request;
  const writer = new XmlWriter();
  writer.open("domainCapabilities");
  leaf(writer, "path", caps.emulator);
  leaf(writer, "domain", virtType);
  leaf(writer, "machine", machine.name);
  leaf(writer, "arch", caps.arch);
  if (maxVcpus > 0) {
    writer.open("vcpu");
    writer.attr("max", String(maxVcpus));
    writer.close("vcpu");
  }
  support(writer, "iothreads", true);
  writeOs(writer, request);
  writeCpu(writer, request);
  section(writer, memoryBacking, request);
  writer.open("devices");
  for (const device of devices) section(writer, device, request);
  writer.close("devices");
  writeFeatures(writer, request);
  writer.close("domainCapabilities");
  return writer.toString();
}

function writeOs(writer: XmlWriter, request: DomainCapabilitiesRequest): void {
  const { images, kinds, hasSecureBoot } = request.firmware;
  writer.open("os");
  writer.attr("supported", "yes");
  enumeration(writer, "firmware", kinds, request);
  writer.open("loader");
  writer.attr("supported", "yes");
  for (const image of images) leaf(writer, "value", image);
  enumeration(writer, "type", ["rom", "pflash"], request);
  enumeration(writer, "readonly", ["yes", "no"], request);
  enumeration(writer, "secure", hasSecureBoot ? ["yes", "no"] : ["no"], request);
  writer.close("loader");
  writer.close("os");
}
