import type { Choices, DomainCapabilities } from "@libvirt-ts/conf/domain-capabilities";
import type { Row } from "./corpus.ts";

const choices = (enums: Readonly<Record<string, readonly string[]>>): Choices => ({
  supported: true,
  enums: Object.entries(enums).map(([name, values]) => ({ name, values: [...values] })),
});
const none: Choices = { supported: false, enums: [] };
const no = { supported: false };

const cpu: DomainCapabilities["cpu"] = {
  modes: (["host-passthrough", "maximum", "host-model", "custom"] as const).map((name) => ({
    name,
    supported: false,
    enums: [],
    features: [],
  })),
};
const features: DomainCapabilities["features"] = { gic: none, vmcoreinfo: no, genid: no, sev: no, sgx: no };

const loader = (values: string[], type: readonly string[]): DomainCapabilities["os"] => ({
  supported: true,
  enums: [],
  loader: { values, ...choices({ type, readonly: ["yes"] }) },
});

type Offer = Omit<DomainCapabilities, "path" | "domain" | "arch" | "machine">;

/** What hypervisors this project does not drive offer, in the words of the same document. */
const offers: Readonly<Record<string, (row: Row) => Offer>> = {
  bhyve({ bhyveCaps }) {
    const has = (name: string) => Array.isArray(bhyveCaps) && bhyveCaps.includes(`BHYVE_CAP_${name}`);
    const hasScreen = has("FBUF");
    return {
      iothreads: no,
      os: has("LPC_BOOTROM") ? loader(["/foo/bar", "/foo/baz"], ["pflash"]) : none,
      cpu,
      devices: {
        disk: choices({ diskDevice: ["disk", "cdrom"], bus: ["virtio", "sata"], model: [] }),
        graphics: hasScreen ? choices({ type: ["vnc"] }) : none,
        video: hasScreen ? choices({ modelType: ["gop"] }) : none,
        hostdev: none,
      },
      features,
    };
  },
  xen: ({ machine }) => ({
    vcpu: machine === "xenfv" ? 128 : 512,
    iothreads: no,
    os:
      machine === "xenfv"
        ? loader(["/usr/lib/xen/boot/hvmloader", "/usr/lib/xen/boot/ovmf.bin"], ["rom", "pflash"])
        : { supported: true, enums: [], loader: { values: [], ...none } },
    cpu,
    devices: {
      disk: choices({ diskDevice: ["disk", "cdrom"], bus: ["ide", "scsi", "xen"], model: [] }),
      graphics: choices({ type: ["sdl", "vnc", "spice"] }),
      video: choices({ modelType: ["vga", "cirrus", "xen"] }),
      hostdev: choices({
        mode: ["subsystem"],
        startupPolicy: ["default", "mandatory", "requisite", "optional"],
        subsysType: ["usb", "pci"],
        capsType: [],
        pciBackend: ["xen"],
      }),
    },
    features,
  }),
};

/** A row without capabilities of QEMU. Of hypervisors nobody has asked, nothing is known. */
export function foreignCapabilities(row: Row): DomainCapabilities {
  const { arch = "", virtType, emulator, machine } = row;
  const offer = offers[String(virtType)]?.(row) ?? { cpu, devices: {}, features: { sev: no, sgx: no } };
  return {
    path: String(emulator),
    domain: String(virtType),
    machine: machine === undefined ? undefined : String(machine),
    arch,
    ...offer,
  };
}
