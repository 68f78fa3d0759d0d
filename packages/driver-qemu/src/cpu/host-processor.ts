import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import {
  armModel,
  type CpuModel,
  decode,
  gatherCpuid,
  ppc64Model,
  readCpuid,
  type UsableModel,
} from "@libvirt-ts/cpu";
import type { Native } from "@libvirt-ts/native";
import { isX86 } from "../device/parts.ts";
import type { HostProcessor } from "./host-model.ts";

export interface ProcessorQuestions {
  /** Folder below which /proc and /dev are; "" for the machine itself. */
  root: string;
  arch: string;
  native: Pick<Native, "cpuid" | "kvmMsr" | "kvmTsc">;
  /** Guests may use KVM. */
  kvm: boolean;
}

/** The machine's processor; it is asked what it is when somebody wants to know. */
export function readHostProcessor(questions: ProcessorQuestions): HostProcessor {
  const { root, arch } = questions;
  const info = readInfo(`${root}/proc/cpuinfo`);
  const microcode = Number(/^microcode\s*:\s*(\S+)/m.exec(info)?.[1] ?? 0);
  const physicalBits = Number(/^address sizes\s*:\s*(\d+) bits physical/m.exec(info)?.[1] ?? 0);
  const facts = { arch, physicalBits, ...(microcode > 0 && { microcode }) };
  if (isX86(arch)) return { ...facts, ...x86Descriptions(questions) };
  const model = arch.startsWith("ppc64") ? ppc64Of(info) : armOf(info);
  // What ARM calls its processors means nothing to QEMU.
  const forGuests = arch.startsWith("ppc64") ? model : undefined;
  return { ...facts, describe: () => forGuests, itself: () => model };
}

function x86Descriptions({
  root,
  native,
  kvm,
}: ProcessorQuestions): Pick<HostProcessor, "describe" | "itself" | "counter"> {
  const data = once(() =>
    readCpuid(
      gatherCpuid({
        cpuid(leaf, subleaf) {
          const answer = native.cpuid(leaf, subleaf);
          return typeof answer === "number" ? undefined : answer;
        },
        msr: (index) =>
          readMsr(`${root}/dev/cpu/0/msr`, index) ?? (kvm ? offeredByKvm(native, index) : undefined),
      }),
    ),
  );
  const alone = once(() => decode(data(), { as: "guest" }));
  const itself = once(() => decode(data(), { as: "host" }));
  return {
    describe: (models?: readonly UsableModel[]): CpuModel =>
      models === undefined ? alone() : decode(data(), { as: "guest", models }),
    itself,
    counter: once(() => {
      const isSteady = itself().features.some(({ name }) => name === "invtsc");
      const tsc = isSteady && kvm ? native.kvmTsc() : undefined;
      return typeof tsc === "object" ? { hertz: tsc.khz * 1000, scaling: tsc.scaling > 0 } : undefined;
    }),
  };
}

/** Made when it is asked for first. */
function once<T>(make: () => T): () => T {
  let value: { made: T } | undefined;
  return () => {
    value ??= { made: make() };
    return value.made;
  };
}

/** The kernel's window to model-specific registers; often there is none. */
function readMsr(path: string, index: number): bigint | undefined {
  let fd: number | undefined;
  try {
    const bytes = Buffer.alloc(8);
    fd = openSync(path, "r");
    return readSync(fd, bytes, 0, bytes.length, index) === bytes.length ? bytes.readBigUInt64LE() : undefined;
  } catch {
    return undefined; // no window, or the processor has no such register
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function offeredByKvm(native: Pick<Native, "kvmMsr">, index: number): bigint | undefined {
  const value = native.kvmMsr(index);
  return typeof value === "bigint" ? value : undefined;
}

function readInfo(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return ""; // nothing is told
  }
}

function ppc64Of(info: string): CpuModel | undefined {
  const [, version, revision] = /\(pvr ([0-9a-f]{4}) ([0-9a-f]{4})\)/.exec(info) ?? [];
  return version === undefined ? undefined : ppc64Model(Number.parseInt(`${version}${revision}`, 16));
}

function armOf(info: string): CpuModel | undefined {
  const number = (name: string) =>
    Number(new RegExp(`^${name}\\s*:\\s*(0x[0-9a-f]+)`, "m").exec(info)?.[1] ?? -1);
  return armModel(number("CPU implementer"), number("CPU part"));
}
