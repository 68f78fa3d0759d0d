import type { Table } from "../table.ts";

const host = (model: string, more = "", arch = "x86_64") =>
  `<cpu><arch>${arch}</arch><model>${model}</model>${more}<topology sockets='1' cores='1' threads='1'/></cpu>`;
const features = (...names: string[]) => names.map((name) => `<feature name='${name}'/>`).join("");
const inBoth = features(
  "hypervisor",
  "avx",
  "osxsave",
  "xsave",
  "tsc-deadline",
  "x2apic",
  "pcid",
  "pclmuldq",
);

/** Lines of a `<cpu>` in the order they must come. */
const cpu = (...lines: string[]) =>
  new RegExp(`^<cpu mode='custom' match='exact'>\n${lines.join("\n[\\s\\S]*")}\n`);
const model = (name: string, fallback: string) => `<model fallback='${fallback}'>${name}</model>`;
const required = (name: string) => `<feature policy='require' name='${name}'/>`;

const guest = (name: string, element: string) =>
  `<domain type='qemu'><name>${name}</name><memory>65536</memory><os><type arch='x86_64' machine='pc'>hvm</type></os>${element}<devices/></domain>`;
/** The processor of a running guest. */
const running = (...lines: string[]) =>
  new RegExp(`\\n<cpu mode='custom' match='exact' check='full'>\\n${lines.join("\\n[\\s\\S]*")}\\n`);

/** Processors: of hosts, of guests, and what they have in common. */
export const cpus: Table = {
  name: "cpus",
  files: () => ({
    "oldest.xml": host("486"),
    "foreign.xml": host("cortex-a53", "", "aarch64"),
    "unknown.xml": host("NoSuchModel"),
    "unknown-feature.xml":
      "<cpu match='exact'><model>486</model><feature policy='require' name='nosuch'/></cpu>",
    "domain.xml": "<domain/>",
    "guest.xml": "<cpu match='exact'><model>qemu64</model></cpu>",
    "strict.xml": "<cpu match='strict'><model>486</model></cpu>",
    "more.xml":
      "<cpu match='exact'><model>qemu64</model><feature policy='require' name='avx512f'/><feature policy='require' name='ibrs-all'/></cpu>",
    "hosts.xml": `${host("Westmere", `<vendor>Intel</vendor>${inBoth}${features("vme", "invtsc")}`)}${host(
      "Nehalem",
      `<vendor>Intel</vendor>${inBoth}${features("aes", "vme", "invtsc")}`,
    )}`,
    "vendors.xml": `${host("Nehalem", "<vendor>Intel</vendor>")}${host("Opteron_G3", "<vendor>AMD</vendor>")}`,
    "power.xml": `${host("POWER8", "", "ppc64")}${host("POWER9", "", "ppc64")}`,
    "host-model.xml": guest("host-model", "<cpu mode='host-model'/>"),
    "custom.xml": guest(
      "custom",
      "<cpu mode='custom' match='exact' check='partial'><model>Nehalem</model><feature policy='optional' name='aes'/><feature policy='disable' name='popcnt'/></cpu>",
    ),
    "maximum.xml": guest("maximum", "<cpu mode='maximum'/>"),
    "full.xml": guest("full", "<cpu check='full'><model>Skylake-Client</model></cpu>"),
    "passthrough.xml": guest("passthrough", "<cpu mode='host-passthrough'/>"),
    "guests.xml": `<cpu><model>Westmere</model>${features("vme")}</cpu><cpu><model>Penryn</model></cpu>`,
  }),
  rows: [
    ["cpu-models x86_64", /^486\n[\s\S]*\nSkylake-Server-noTSX-IBRS\n[\s\S]*\nEPYC-Milan\n/],
    ["cpu-models ppc64", "POWER6\nPOWER7\nPOWER8\nPOWER9\nPOWER10\nPOWERPC_e5500\nPOWERPC_e6500"],
    // None in particular: all are accepted.
    ["cpu-models s390x", ""],
    ["cpu-models sparc", { fails: "'sparc' architecture is not supported by CPU driver" }],
    ["cpu-models nosuch", { fails: "invalid argument: cannot find architecture nosuch" }],
    ["cpu-compare @oldest.xml", /^Host CPU is a superset of CPU described in \S+$/],
    ["cpu-compare @oldest.xml --error", /^Host CPU is a superset of CPU described in \S+$/],
    ["cpu-compare @foreign.xml", { fails: "" }],
    [
      "cpu-compare @foreign.xml --error",
      { fails: "the CPU is incompatible with host CPU: CPU arch aarch64 does not match host arch" },
    ],
    [
      "cpu-compare @strict.xml --error",
      {
        fails:
          /the CPU is incompatible with host CPU: Host CPU does not strictly match guest CPU: Extra features/,
      },
    ],
    ["cpu-compare @unknown.xml", { fails: "internal error: Unknown CPU model NoSuchModel" }],
    ["cpu-compare @unknown-feature.xml", { fails: "internal error: Unknown CPU feature nosuch" }],
    ["hypervisor-cpu-compare --virttype qemu @guest.xml", /is a superset of CPU described in/],
    ["hypervisor-cpu-compare --virttype qemu @more.xml", { fails: "" }],
    [
      "hypervisor-cpu-compare --virttype qemu --error @more.xml",
      {
        fails:
          /the CPU is incompatible with host CPU: Host CPU does not provide required features: [\w, -]*avx512f/,
      },
    ],
    ["hypervisor-cpu-compare --virttype nosuch @guest.xml", { fails: "nosuch" }],
    [
      "hypervisor-cpu-compare --machine nosuch --virttype qemu @guest.xml",
      { fails: "the machine 'nosuch' is not supported" },
    ],
    [
      "cpu-baseline @hosts.xml",
      cpu(
        model("Westmere", "allow"),
        "<vendor>Intel</vendor>",
        required("pclmuldq"),
        required("avx"),
        required("invtsc"),
      ),
    ],
    ["cpu-baseline @hosts.xml --migratable", /^(?![\s\S]*invtsc)[\s\S]*<model fallback='allow'>Westmere</],
    [
      "cpu-baseline @hosts.xml --features",
      cpu(
        model("Westmere", "allow"),
        "<vendor>Intel</vendor>",
        required("aes"),
        required("apic"),
        required("x2apic"),
      ),
    ],
    ["cpu-baseline @vendors.xml", { fails: "operation failed: CPU vendors do not match" }],
    ["cpu-baseline @power.xml", { fails: "CPUs are incompatible" }],
    ["cpu-baseline @domain.xml", { fails: "" }],
    ["hypervisor-cpu-baseline --virttype qemu @guests.xml", cpu(model("Penryn", "forbid"))],
    [
      "hypervisor-cpu-baseline --virttype qemu --features @guests.xml",
      cpu(model("Penryn", "forbid"), required("apic"), required("ssse3")),
    ],
    ["hypervisor-cpu-baseline --virttype qemu --arch nosuch @guests.xml", { fails: "nosuch" }],
    // What guests get, and what QEMU made of it.
    ["create @host-model.xml --paused", ""],
    ["dumpxml host-model", running("<model fallback='forbid'>[\\w-]+</model>", required("hypervisor"))],
    ["create @custom.xml --paused", ""],
    [
      "dumpxml custom",
      running(
        "<model fallback='forbid'>Nehalem</model>",
        required("aes"),
        "<feature policy='disable' name='popcnt'/>",
        required("hypervisor"),
      ),
    ],
    ["create @maximum.xml --paused", ""],
    ["dumpxml maximum", /\n<cpu mode='maximum' check='none'\/>\n/],
    [
      "create @full.xml",
      {
        fails:
          /operation failed: guest CPU doesn't match specification: extra features: hypervisor, missing features: [\w,-]*pcid/,
      },
    ],
    [
      "create @passthrough.xml",
      {
        fails:
          "unsupported configuration: CPU mode 'host-passthrough' for x86_64 qemu domain on x86_64 host is not supported by hypervisor",
      },
    ],
    ["destroy host-model", ""],
    ["destroy custom", ""],
    ["destroy maximum", ""],
  ],
};
