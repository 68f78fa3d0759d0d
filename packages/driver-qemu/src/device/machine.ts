import type { DomainDef } from "@libvirt-ts/conf/domain";

/** What the questions below look at. */
export interface Board {
  os: { type: { arch?: string | undefined; machine?: string | undefined } };
}

const machineOf = (def: Board): string => def.os.type.machine ?? "";
const archOf = (def: Board): string => def.os.type.arch ?? "";
const x86 = (def: Board) => archOf(def) === "x86_64" || archOf(def) === "i686";
const family = (def: Board, name: string) => machineOf(def) === name || machineOf(def).startsWith(`${name}-`);

export const isQ35 = (def: Board): boolean =>
  x86(def) && (machineOf(def) === "q35" || machineOf(def).startsWith("pc-q35"));
export const isI440fx = (def: Board): boolean => {
  const name = machineOf(def);
  return (
    x86(def) &&
    (name === "pc" ||
      name.startsWith("pc-0.") ||
      name.startsWith("pc-1.") ||
      name.startsWith("pc-i440") ||
      name.startsWith("rhel"))
  );
};
export const isIsapc = (def: Board): boolean => x86(def) && machineOf(def) === "isapc";
export const isMicrovm = (def: Board): boolean => x86(def) && machineOf(def) === "microvm";
export const isArmVirt = (def: Board): boolean =>
  ["aarch64", "armv7l", "armv6l"].includes(archOf(def)) && family(def, "virt");
export const isRiscvVirt = (def: Board): boolean => archOf(def).startsWith("riscv") && family(def, "virt");
export const isLoongarchVirt = (def: Board): boolean => archOf(def) === "loongarch64" && family(def, "virt");
/** Boards made of PCIe with nothing historic on them. */
export const isVirtBoard = (def: Board): boolean =>
  isArmVirt(def) || isRiscvVirt(def) || isLoongarchVirt(def);
export const isPseries = (def: Board): boolean => archOf(def).startsWith("ppc64") && family(def, "pseries");
export const isS390Ccw = (def: Board): boolean =>
  archOf(def).startsWith("s390") && machineOf(def).startsWith("s390-ccw");
export const isPpcMac = (def: Board): boolean =>
  archOf(def).startsWith("ppc") && ["g3beige", "mac99"].includes(machineOf(def));

/** The board has an IDE controller nobody puts on the command line. */
export const hasBuiltinIde = (def: Board): boolean =>
  isI440fx(def) || isIsapc(def) || ["malta", "sun4u", "g3beige"].includes(machineOf(def));

/** The board has an NCR 53C90 SCSI controller nobody puts on the command line. */
export const hasBuiltinEsp = (def: Board): boolean => archOf(def) === "sparc";

/** The floppy controller is a device of its own. */
export function needsFdc(def: Board): boolean {
  if (!isQ35(def)) return false;
  const version = /^pc-q35-(\d+)\.(\d+)/.exec(machineOf(def));
  if (version === null) return true;
  const major = Number(version[1]);
  return major > 2 || (major === 2 && Number(version[2]) >= 4);
}

/** Boards that never have PCI: devices there go without. */
export function supportsPci(def: Board): boolean {
  const arch = archOf(def);
  if (arch === "aarch64" || arch.startsWith("arm")) return machineOf(def) === "versatilepb" || isArmVirt(def);
  if (arch.startsWith("riscv")) return isRiscvVirt(def);
  return true;
}

export const hasPcieRoot = (def: DomainDef): boolean =>
  def.devices.controllers.some((c) => c.type === "pci" && c.index === 0 && c.model === "pcie-root");
export const hasPciRoot = (def: DomainDef): boolean =>
  def.devices.controllers.some((c) => c.type === "pci" && c.index === 0 && c.model === "pci-root");
