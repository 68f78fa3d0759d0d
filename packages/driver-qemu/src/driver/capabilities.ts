import { XmlWriter } from "@libvirt-ts/xml";
import { hasFlag, type QemuCaps } from "../caps/qemu-caps.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { empty, inside, leaf } from "./elements.ts";
import { type HostDescription, writeHost } from "./host-capabilities.ts";

/** Architectures with words of 32 bits; others have 64. */
const narrow: ReadonlySet<string> = new Set([
  "i686",
  "armv6l",
  "armv7b",
  "armv7l",
  "ppc",
  "riscv32",
  "sparc",
]);

/** `virsh capabilities`: the host, then each kind of guest it can run. */
export function formatCapabilities(host: HostDescription, guests: readonly QemuCaps[]): string {
  const writer = new XmlWriter(1);
  writeHost(writer, host);
  const body = [writer.toString(), ...guests.map(formatGuest)];
  return `<capabilities>\n\n${body.join("\n")}\n</capabilities>\n`;
}

/** One `<guest>`: what an emulator can run. */
function formatGuest(caps: QemuCaps): string {
  const writer = new XmlWriter(1);
  const machines = caps.accel.kvm?.machines ?? caps.accel.tcg?.machines ?? [];
  const isX86 = caps.arch === "x86_64" || caps.arch === "i686";
  inside(writer, "guest", {}, () => {
    leaf(writer, "os_type", "hvm");
    inside(writer, "arch", { name: caps.arch }, () => {
      leaf(writer, "wordsize", narrow.has(caps.arch) ? 32 : 64);
      leaf(writer, "emulator", caps.emulator);
      for (const { name, alias, maxCpus, deprecated } of machines) {
        const attrs = { maxCpus, ...(deprecated ? { deprecated: "yes" } : {}) };
        leaf(writer, "machine", name, attrs);
        if (alias !== undefined) leaf(writer, "machine", alias, { canonical: name, ...attrs });
      }
      if (hasFlag(caps, "tcg")) empty(writer, "domain", { type: "qemu" });
      if (hasFlag(caps, "kvm")) empty(writer, "domain", { type: "kvm" });
    });
    inside(writer, "features", {}, () => {
      if (caps.arch === "i686") {
        empty(writer, "pae");
        empty(writer, "nonpae");
      }
      if (isX86 || caps.arch === "aarch64") empty(writer, "acpi", { default: "on", toggle: "yes" });
      if (isX86) empty(writer, "apic", { default: "on", toggle: "no" });
      empty(writer, "cpuselection");
      empty(writer, "deviceboot");
      empty(writer, "disksnapshot", { default: "on", toggle: "no" });
      empty(writer, "externalSnapshot");
    });
  });
  return writer.toString();
}

/** Capabilities of every emulator there is, probed when they are not known yet. */
export function allCaps({ emulators, caps }: QemuDriver): Promise<QemuCaps[]> {
  return Promise.all([...emulators.values()].map((emulator) => caps.get(emulator)));
}
