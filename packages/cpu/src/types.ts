import type { Cpu } from "@libvirt-ts/conf/domain";

/** `force`: told to QEMU even if the host lacks it; `optional`: if the host has it; `forbid`: the host must not. */
export type Policy = "force" | "require" | "optional" | "disable" | "forbid";

export interface CpuFeature {
  name: string;
  policy: Policy;
}

/** What a processor says it is. */
export interface Signature {
  family: number;
  model: number;
  stepping: number;
}

/** A processor as a known model and what differs from it. */
export interface CpuModel {
  /** Absent: only the features are meant. */
  model?: string;
  vendor?: string;
  signature?: Signature;
  features: readonly CpuFeature[];
}

/** A processor that is held against a host's. */
export interface Candidate extends CpuModel {
  /** Absent: any. */
  arch?: string;
  /** How a guest wants it; absent for another host. */
  match?: NonNullable<Cpu["match"]>;
  mode?: NonNullable<Cpu["mode"]>;
}

/** `superset`: the host has more. */
export type Comparison =
  | { result: "identical" | "superset" }
  | { result: "incompatible" /** A phrase that ends a message. */; why: string };

/** A model a hypervisor can give to guests. */
export interface UsableModel {
  name: string;
  /** Features it would have that the host cannot provide, in the hypervisor's words. */
  blockers?: readonly string[];
}

export interface BaselineOptions {
  /** Only these models may be the answer. */
  models?: readonly UsableModel[];
  /** No features outside these. */
  features?: readonly string[];
  /** Leave out what hinders migration. */
  migratable?: boolean;
}

/** What is known about processors of an architecture; without a method it cannot be told. */
export interface CpuArch {
  /** Names that stand for this architecture and those that run its guests. */
  readonly names: readonly string[];
  /** Names of the models, older ones first; absent: the hypervisor alone knows. */
  models?(): string[];
  /** @throws VirError for models and features nobody knows */
  compare(host: CpuModel | undefined, cpu: Candidate): Comparison;
  /** What all of them have; the result is a guest's. @throws VirError if there is nothing */
  baseline?(cpus: readonly CpuModel[], options: BaselineOptions): Cpu;
  /**
   * What a guest gets on a host: `host-model`, `minimum` and optional features are decided.
   * @param removed what happens to features that once belonged to the model and that the guest does not mention
   */
  update?(guest: Cpu, host: CpuModel, removed: Policy): Cpu;
  /** The guest's model in terms of the hypervisor's. @throws VirError if that is impossible */
  translate?(guest: Cpu, models: readonly UsableModel[]): Cpu;
  /** The model's own features listed beside the others. */
  expand?(guest: Cpu): Cpu;
  /** Whether a processor has a feature. */
  hasFeature?(cpu: CpuModel, feature: string): boolean;
  /** @throws VirError for features nobody knows */
  checkFeatures?(cpu: CpuModel): void;
  /** Whether a partial check of a model compares features; else the hypervisor says whether it can be used. */
  comparesFeatures?(model: string): boolean;
  /** Vendor of a model; `undefined`: none in particular, or unknown. */
  vendorOf?(model: string): string | undefined;
  /** The versioned name the hypervisor has for a model. */
  canonicalOf?(model: string): string | undefined;
  /** Without features that hinder migration. */
  migratable?(cpu: CpuModel): CpuModel;
  /** Older names replaced. */
  modernise?(guest: Cpu): Cpu;
}
