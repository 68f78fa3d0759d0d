import {
  attr,
  attrOf,
  child,
  custom,
  element,
  type Infer,
  leaf,
  leaves,
  list,
  oneOf,
  parseXml,
  str,
  strictly,
  text,
  uint,
  ulong,
  XmlWriter,
  yesNo,
} from "@libvirt-ts/xml";
import { absPath, featureName } from "../types.ts";

const supported = attr("supported", yesNo, { required: true });
const enums = list(
  element("enum", { name: attr("name", str, { required: true }), values: leaves("value", str) }),
);
/** What can be chosen of one kind of thing. */
const choices = (tag: string) => child(element(tag, { supported, enums }));
const support = (tag: string) => child(element(tag, { supported }));
const number = (tag: string) => leaf(tag, uint);
const kibibytes = attr("unit", oneOf(["KiB"]), { required: true });

const Model = element("model", {
  fallback: attr("fallback", oneOf(["allow", "forbid"])),
  vendorId: attr("vendor_id", str),
  usable: attr("usable", oneOf(["yes", "no", "unknown"])),
  deprecated: attr("deprecated", yesNo),
  vendor: attr("vendor", str),
  canonical: attr("canonical", str),
  name: text(str, { keepBlank: true }),
});

const Blockers = element("blockers", {
  model: attr("model", str, { required: true }),
  features: list(element("feature", { name: attr("name", featureName, { required: true }) })),
});

/** A processor model a guest can name, and the features this host would need for it. */
export type CpuModelCapability = Infer<typeof Model> & { blockers?: readonly string[] };

/** What keeps a model from being usable stands behind it. */
const models = custom<CpuModelCapability[]>({
  tags: ["model", "blockers"],
  like: { models: list(Model), blockers: list(Blockers) },
  parse({ children }, context) {
    const found = children.filter(({ name }) => name === "model").map((each) => Model.parse(each, context));
    const blocked = children
      .filter(({ name }) => name === "blockers")
      .map((each) => Blockers.parse(each, context));
    if (found.length === 0) return undefined;
    return found.map((model): CpuModelCapability => {
      const own = blocked.find((each) => each.model === model.name);
      return own ? { ...model, blockers: own.features.map(({ name }) => name) } : model;
    });
  },
  formatBody(value, writer, context) {
    for (const model of value) {
      Model.format(model, writer, context);
      const { name, blockers = [] } = model;
      if (name === undefined || blockers.length === 0) continue;
      Blockers.format({ model: name, features: blockers.map((each) => ({ name: each })) }, writer, context);
    }
  },
});

const CpuMode = element("mode", {
  name: attr("name", oneOf(["host-passthrough", "maximum", "host-model", "custom"]), { required: true }),
  supported,
  enums,
  models,
  vendor: leaf("vendor", str),
  maxphysaddr: child(
    element("maxphysaddr", {
      mode: attr("mode", oneOf(["emulate", "passthrough"]), { required: true }),
      bits: attr("bits", uint),
      limit: attr("limit", uint),
    }),
  ),
  features: list(
    element("feature", {
      policy: attr("policy", oneOf(["force", "require", "optional", "disable", "forbid"]), {
        required: true,
      }),
      name: attr("name", featureName, { required: true }),
    }),
  ),
});

const Sgx = element("sgx", {
  supported,
  flc: leaf("flc", yesNo),
  sgx1: leaf("sgx1", yesNo),
  sgx2: leaf("sgx2", yesNo),
  sectionSize: child(element("section_size", { unit: kibibytes, size: text(ulong, { required: true }) })),
  sections: child(
    element("sections", {
      sections: list(
        element("section", {
          node: attr("node", uint, { required: true }),
          size: attr("size", ulong, { required: true }),
          unit: kibibytes,
        }),
      ),
    }),
  ),
});

/** What guests of one machine type and accelerator can have; what is absent is not told. */
export const DomainCapabilitiesSyntax = element("domainCapabilities", {
  path: leaf("path", absPath, { strict: { required: true } }),
  domain: leaf("domain", str, { required: true }),
  machine: leaf("machine", str),
  arch: leaf("arch", str, { required: true }),
  vcpu: attrOf("vcpu", "max", uint),
  iothreads: support("iothreads"),
  os: child(
    element("os", {
      supported,
      enums,
      loader: child(element("loader", { supported, values: leaves("value", str), enums })),
    }),
  ),
  cpu: child(element("cpu", { modes: list(CpuMode) })),
  memoryBacking: choices("memoryBacking"),
  devices: child(
    element(
      "devices",
      {
        disk: choices("disk"),
        graphics: choices("graphics"),
        video: choices("video"),
        hostdev: choices("hostdev"),
        rng: choices("rng"),
        filesystem: choices("filesystem"),
        tpm: choices("tpm"),
        redirdev: choices("redirdev"),
        channel: choices("channel"),
        crypto: choices("crypto"),
        interface: choices("interface"),
        panic: choices("panic"),
        console: choices("console"),
      },
      { endTag: true },
    ),
  ),
  features: child(
    element("features", {
      gic: choices("gic"),
      vmcoreinfo: support("vmcoreinfo"),
      genid: support("genid"),
      backingStoreInput: support("backingStoreInput"),
      backup: support("backup"),
      asyncTeardown: support("async-teardown"),
      s390Pv: support("s390-pv"),
      ps2: support("ps2"),
      tdx: support("tdx"),
      sev: child(
        element("sev", {
          supported,
          cbitpos: number("cbitpos"),
          reducedPhysBits: number("reducedPhysBits"),
          maxGuests: number("maxGuests"),
          maxESGuests: number("maxESGuests"),
          cpu0Id: leaf("cpu0Id", strictly(str, /[A-Za-z0-9+/=]+/, "base64")),
        }),
      ),
      sgx: child(Sgx),
      hyperv: choices("hyperv"),
      launchSecurity: choices("launchSecurity"),
    }),
  ),
});
export type DomainCapabilities = Infer<typeof DomainCapabilitiesSyntax>;

/** Whether there is something of a kind, and what of it. */
export interface Choices {
  supported: boolean;
  enums: { name: string; values: string[] }[];
}

/** The document of `virConnectGetDomainCapabilities`, whichever the hypervisor. */
export function formatDomainCapabilities(capabilities: DomainCapabilities): string {
  const writer = new XmlWriter();
  DomainCapabilitiesSyntax.format(capabilities, writer, {});
  return writer.toString();
}

/** @throws VirError XML_ERROR, XML_DETAIL */
export function parseDomainCapabilities(source: string): DomainCapabilities {
  const root = parseXml(source);
  return DomainCapabilitiesSyntax.parse(root, {});
}
