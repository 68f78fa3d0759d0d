import { ErrorCode } from "@libvirt-ts/errors";
import { childrenNamed, parseXml, type XmlElement, XmlWriter } from "@libvirt-ts/xml";
import { cpuError } from "../errors.ts";
import type { Signature } from "../types.ts";
import type { X86Data } from "./decode.ts";
import { vendorStrings, x86Map } from "./map.ts";

type Register = "eax" | "ebx" | "ecx" | "edx";
const registers: readonly Register[] = ["eax", "ebx", "ecx", "edx"];

/** Registers as hardware or QEMU showed them, each an unsigned 32-bit number. */
export interface CpuidData {
  leaves: ({ leaf: number; subleaf: number } & Record<Register, number>)[];
  msrs: { index: number; eax: number; edx: number }[];
}

const hex = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, "0")}`;

/** Reads `<cpudata arch='x86'>`. @throws VirError for numbers that are none */
export function parseCpuid(text: string): CpuidData {
  const root = parseXml(text);
  const leaves = childrenNamed(root, "cpuid").map((element) => {
    const at = (name: string) => number(element, name);
    const [eax, ebx, ecx, edx] = [at("eax"), at("ebx"), at("ecx"), at("edx")];
    return { leaf: at("eax_in"), subleaf: at("ecx_in"), eax, ebx, ecx, edx };
  });
  const msrs = childrenNamed(root, "msr").map((element) => ({
    index: number(element, "index"),
    eax: number(element, "eax"),
    edx: number(element, "edx"),
  }));
  return { leaves, msrs };
}

function number({ name, attrs }: XmlElement, attr: string): number {
  const value = Number(attrs[attr] ?? "0");
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
    throw cpuError(ErrorCode.INTERNAL_ERROR, `Invalid ${attr} in <${name}>: ${attrs[attr]}`);
  return value;
}

/** The text {@link parseCpuid} reads; leaves and registers in rising order. */
export function formatCpuid({ leaves, msrs }: CpuidData): string {
  const writer = new XmlWriter();
  writer.open("cpudata");
  writer.attr("arch", "x86");
  for (const each of leaves.toSorted((a, b) => a.leaf - b.leaf || a.subleaf - b.subleaf)) {
    writer.open("cpuid");
    writer.attr("eax_in", hex(each.leaf, 8));
    writer.attr("ecx_in", hex(each.subleaf, 8));
    for (const register of registers) writer.attr(register, hex(each[register], 8));
    writer.close("cpuid");
  }
  for (const { index, eax, edx } of msrs.toSorted((a, b) => a.index - b.index)) {
    writer.open("msr");
    writer.attr("index", hex(index, 1));
    writer.attr("edx", hex(edx, 8));
    writer.attr("eax", hex(eax, 8));
    writer.close("msr");
  }
  writer.close("cpudata");
  return writer.toString();
}

/** Features, vendor and signature the registers tell of. */
export function readCpuid({ leaves, msrs }: CpuidData): X86Data {
  const values = new Map<string, number>();
  for (const each of leaves) {
    for (const register of registers) {
      values.set(`${each.leaf.toString(16)}:${each.subleaf.toString(16)} ${register}`, each[register]);
      if (each.subleaf === 0) values.set(`${each.leaf.toString(16)} ${register}`, each[register]);
    }
  }
  for (const { index, eax, edx } of msrs) {
    values.set(`msr ${index.toString(16)} eax`, eax);
    values.set(`msr ${index.toString(16)} edx`, edx);
  }
  let features = 0n;
  for (const { register, mask, bit } of x86Map().features.values()) {
    if (((values.get(register) ?? 0) & mask) !== 0) features |= bit;
  }
  const signature = values.get("1 eax");
  const vendor = ["0 ebx", "0 edx", "0 ecx"].map((name) => letters(values.get(name) ?? 0)).join("");
  return {
    features,
    ...(Object.values(vendorStrings).includes(vendor) && { vendor }),
    ...(signature !== undefined && signature !== 0 && { signature: signatureOf(signature) }),
  };
}

const letters = (value: number) =>
  [0, 8, 16, 24].map((shift) => String.fromCharCode((value >>> shift) & 0xff)).join("");

/** Family, model and stepping out of CPUID 1 eax. */
export const signatureOf = (eax: number): Signature => ({
  family: ((eax >>> 20) & 0xff) + ((eax >>> 8) & 0xf),
  model: ((eax >>> 12) & 0xf0) + ((eax >>> 4) & 0xf),
  stepping: eax & 0xf,
});

/** CPUID 1 eax for a family, model and stepping. */
export function signatureNumber({ family, model, stepping }: Signature): number {
  const extended = family > 0xf ? family - 0xf : 0;
  return (
    ((extended << 20) |
      ((family - extended) << 8) |
      ((model & 0xf0) << 12) |
      ((model & 0xf) << 4) |
      stepping) >>>
    0
  );
}
