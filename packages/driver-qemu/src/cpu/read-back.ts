import type { DomainDef } from "@libvirt-ts/conf/domain";
import {
  type FeatureSet,
  type FeatureWord,
  featureOfQemu,
  readCpuid,
  readFeatureWords,
  updateLive,
  x86Map,
} from "@libvirt-ts/cpu";
import { isX86 } from "../device/parts.ts";
import type { Monitor } from "../monitor/monitor.ts";

/** Features without which a processor has none of those that only registers show. */
const GATES = ["vmx", "arch-capabilities", "core-capability"];

/**
 * Learns what QEMU made of a guest's processor and writes it into the running definition. Only models that were
 * written out are looked at, as only they say what is expected.
 * @param path QOM path of the first processor
 * @throws VirError CPU/OPERATION_FAILED if `check='full'` and QEMU made something else of it
 */
export async function readBackCpu(def: DomainDef, monitor: Monitor, path: string): Promise<void> {
  const { cpu } = def;
  if (cpu?.mode !== "custom" || cpu.model?.name === undefined || !isX86(def.os.type.arch ?? "")) return;
  const [words, missing] = await Promise.all([
    monitor.qomGet<FeatureWord[]>(path, "feature-words"),
    monitor.qomGet<string[]>(path, "unavailable-features"),
  ]);
  const disabled = setOf(missing);
  let enabled = readCpuid(readFeatureWords(words)).features;
  if ((enabled & setOf(GATES)) !== 0n) enabled |= await readRegisters(monitor, path);
  def.cpu = { ...updateLive(cpu, { enabled, disabled }), check: "full" };
}

const setOf = (names: readonly string[]): FeatureSet =>
  names.reduce((set, name) => set | (featureOfQemu(name)?.bit ?? 0n), 0n);

/** Features in model-specific registers are properties of their own. All questions go out at once. */
async function readRegisters(monitor: Monitor, path: string): Promise<FeatureSet> {
  const { byQemuName } = x86Map();
  const own = (await monitor.qomList(path)).flatMap(({ name, type }) => {
    const feature = type === "bool" ? byQemuName.get(name) : undefined;
    return feature?.register.startsWith("msr ") ? [feature] : [];
  });
  const values = await Promise.all(own.map(({ qemuName }) => monitor.qomGet<boolean>(path, qemuName)));
  return own.reduce((set, { bit }, at) => (values[at] === true ? set | bit : set), 0n);
}
