import {
  capsFlags,
  parseQemuCaps,
  type QemuCaps,
  stripMachineAliases,
} from "@libvirt-ts/driver-qemu/command";
import type { Corpus, Row } from "../corpus.ts";

interface CapsRef {
  xml: string;
  stripMachineAliases?: boolean;
  add?: string[];
  del?: string[];
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
const byPlainName = new Map(capsFlags.map((flag) => [plain(flag), flag]));

/** `QEMU_CAPS_DEVICE_QEMU_XHCI` is the flag `qemu-xhci`. */
function flagOf(constant: string) {
  const name = constant.replace(/^QEMU_CAPS_/, "");
  const flag =
    byPlainName.get(plain(name)) ?? byPlainName.get(plain(name.replace(/^DEVICE_/, ""))) ?? moved[name];
  if (flag === undefined) throw new Error(`unknown capability ${constant}`);
  return flag;
}

/** Constants whose flag has its words in another order. */
const moved: Readonly<Record<string, (typeof capsFlags)[number]>> = { NEC_USB_XHCI: "nec-usb-xhci" };

const gicOf: Readonly<Record<string, readonly number[]>> = {
  GIC_V2: [2],
  GIC_V3: [3],
  GIC_BOTH: [2, 3],
};

const parsed = new Map<string, QemuCaps>();

/** The capabilities a case pretends its QEMU has (README §2.2). */
export function capsOf(row: Row, corpus: Corpus): QemuCaps {
  const ref = row.qemuCaps as CapsRef; // the README's format
  const key = `${ref.xml} ${ref.stripMachineAliases === true}`;
  let caps = parsed.get(key);
  if (caps === undefined) {
    caps = {
      ...parseQemuCaps(corpus.file(ref.xml)),
      emulator: `/usr/bin/qemu-system-${emulatorArch(row.arch)}`,
    };
    if (ref.stripMachineAliases) caps = stripMachineAliases(caps);
    parsed.set(key, caps);
  }
  const gic = gicOf[String(row.gic)];
  if (gic !== undefined)
    caps = { ...caps, gic: gic.map((version) => ({ version, kernel: true, emulated: true })) };
  if (!ref.add && !ref.del) return caps;
  const flags = new Set(caps.flags);
  for (const name of ref.add ?? []) flags.add(flagOf(name));
  for (const name of ref.del ?? []) flags.delete(flagOf(name));
  return { ...caps, flags };
}

export const emulatorArch = (arch: string | undefined): string => (arch === "i686" ? "i386" : (arch ?? ""));
