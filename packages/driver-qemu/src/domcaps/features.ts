import type { Choices, DomainCapabilities } from "@libvirt-ts/conf/domain-capabilities";
import { type Accelerator, acceleratorOf, type QemuCaps } from "../caps/qemu-caps.ts";
import { isArmVirt, isI440fx, isQ35 } from "../device/machine.ts";
import { choicesOf } from "./choices.ts";
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

const always: Test = () => true;
const protectsGuests = all(has("confidential-guest-support"), has("s390-pv-guest"));
const togglesPs2: Test = (request) =>
  isX86(request) &&
  (isBoard(isQ35)(request) || isBoard(isI440fx)(request)) &&
  has("machine-i8042-opt")(request);

type Features = NonNullable<DomainCapabilities["features"]>;

/** Yes or no; those that are no question for the architecture are left out. */
const plain: readonly (readonly [key: keyof Features, test: Test, applies?: Test])[] = [
  ["vmcoreinfo", has("vmcoreinfo")],
  ["genid", has("vmgenid")],
  ["backingStoreInput", always],
  ["backup", always],
  ["asyncTeardown", has("run-with.async-teardown")],
  ["s390Pv", protectsGuests, isS390],
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
export function features(request: DomainCapabilitiesRequest): Features {
  const { caps } = request;
  const { hyperv } = caps;
  const gic = gicVersions(request);
  const asked = plain.filter(([, , applies]) => applies?.(request) ?? true);
  return {
    ...Object.fromEntries(asked.map(([key, test]) => [key, { supported: test(request) }])),
    gic: choicesIf("version", gic, request),
    sev: sevOf(request),
    sgx: sgxOf(caps),
    ...(hyperv !== undefined && { hyperv: choicesIf("features", hyperv, request) }),
    launchSecurity: choicesOf(launchSecurity, request),
  };
}

/** Supported if there is any value. */
const choicesIf = (name: string, values: readonly Value[], request: DomainCapabilitiesRequest): Choices =>
  choicesOf({ supported: () => values.length > 0, enums: [[name, values]] }, request);

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

function sevOf({ caps, sevGuests }: DomainCapabilitiesRequest): Features["sev"] {
  const { sev } = caps;
  if (!sev) return { supported: false };
  return {
    supported: true,
    cbitpos: sev.cbitpos,
    reducedPhysBits: sev.reducedPhysBits,
    ...(sevGuests && { maxGuests: sevGuests.maxGuests, maxESGuests: sevGuests.maxEsGuests }),
    cpu0Id: sev.cpu0Id,
  };
}

function sgxOf({ sgx }: QemuCaps): Features["sgx"] {
  if (!sgx) return { supported: false };
  const { flc, sgx1, sgx2, sectionSizeKiB, sections } = sgx;
  return {
    supported: true,
    flc,
    sgx1,
    sgx2,
    sectionSize: { unit: "KiB", size: BigInt(sectionSizeKiB) },
    ...(sections.length > 0 && {
      sections: {
        sections: sections.map(({ node, sizeKiB }) => ({
          node,
          size: BigInt(sizeKiB),
          unit: "KiB" as const,
        })),
      },
    }),
  };
}
