import type { XmlWriter } from "@libvirt-ts/xml";
import { type Accelerator, acceleratorOf, type QemuCaps } from "../caps/qemu-caps.ts";
import { isArmVirt, isI440fx, isQ35 } from "../device/machine.ts";
import {
  all,
  type DomainCapabilitiesRequest,
  has,
  isBoard,
  isS390,
  isX86,
  type Section,
  type Test,
  type Value,
} from "./request.ts";
import { empty, leaf, leafWith, section, support } from "./write.ts";

const always: Test = () => true;
const protectsGuests = all(has("confidential-guest-support"), has("s390-pv-guest"));
const togglesPs2: Test = (request) =>
  isX86(request) &&
  (isBoard(isQ35)(request) || isBoard(isI440fx)(request)) &&
  has("machine-i8042-opt")(request);

/** Yes or no, in libvirt's order; those that are no question for the architecture are left out. */
const plain: readonly (readonly [tag: string, test: Test, applies?: Test])[] = [
  ["vmcoreinfo", has("vmcoreinfo")],
  ["genid", has("vmgenid")],
  ["backingStoreInput", always],
  ["backup", always],
  ["async-teardown", has("run-with.async-teardown")],
  ["s390-pv", protectsGuests, isS390],
  ["ps2", togglesPs2],
];

const sectypes: readonly (readonly [value: string, test: Test])[] = [
  ["sev", ({ caps }) => caps.sev !== undefined],
  ["sev-snp", has("sev-snp-guest")],
  ["s390-pv", all(isS390, protectsGuests)],
];
const launchSecurity: Section = {
  tag: "launchSecurity",
  supported: (request) => sectypes.some(([, test]) => test(request)),
  enums: [["sectype", sectypes]],
};

/** `<features>` of the capabilities of a guest. */
export function writeFeatures(writer: XmlWriter, request: DomainCapabilitiesRequest): void {
  const { caps } = request;
  writer.open("features");
  const gic = gicVersions(request);
  section(writer, { tag: "gic", supported: () => gic.length > 0, enums: [["version", gic]] }, request);
  for (const [tag, test, applies] of plain)
    if (applies?.(request) ?? true) support(writer, tag, test(request));
  writeSev(writer, request);
  writeSgx(writer, caps);
  if (caps.hyperv !== undefined) {
    const { hyperv } = caps;
    section(
      writer,
      { tag: "hyperv", supported: () => hyperv.length > 0, enums: [["features", hyperv]] },
      request,
    );
  }
  section(writer, launchSecurity, request);
  writer.close("features");
}

/** Who plays the interrupt controller. */
const gicBy: Readonly<Partial<Record<Accelerator, "kernel" | "emulated">>> = {
  kvm: "kernel",
  tcg: "emulated",
};

function gicVersions(request: DomainCapabilitiesRequest): Value[] {
  const { caps, virtType } = request;
  const offered = gicBy[acceleratorOf(virtType)];
  if (offered === undefined || !isBoard(isArmVirt)(request)) return [];
  return caps.gic.filter((gic) => gic[offered]).map(({ version }) => String(version));
}

function writeSev(writer: XmlWriter, { caps, sevGuests }: DomainCapabilitiesRequest): void {
  const { sev } = caps;
  writer.open("sev");
  writer.attr("supported", sev ? "yes" : "no");
  if (sev) {
    leaf(writer, "cbitpos", sev.cbitpos);
    leaf(writer, "reducedPhysBits", sev.reducedPhysBits);
    if (sevGuests) {
      leaf(writer, "maxGuests", sevGuests.maxGuests);
      leaf(writer, "maxESGuests", sevGuests.maxEsGuests);
    }
    if (sev.cpu0Id !== undefined) leaf(writer, "cpu0Id", sev.cpu0Id);
  }
  writer.close("sev");
}

function writeSgx(writer: XmlWriter, { sgx }: QemuCaps): void {
  writer.open("sgx");
  writer.attr("supported", sgx ? "yes" : "no");
  if (sgx) {
    for (const name of ["flc", "sgx1", "sgx2"] as const) leaf(writer, name, sgx[name] ? "yes" : "no");
    leafWith(writer, "section_size", { unit: "KiB" }, sgx.sectionSizeKiB);
    if (sgx.sections.length > 0) {
      writer.open("sections");
      for (const { node, sizeKiB } of sgx.sections)
        empty(writer, "section", { node: String(node), size: String(sizeKiB), unit: "KiB" });
      writer.close("sections");
    }
  }
  writer.close("sgx");
}
