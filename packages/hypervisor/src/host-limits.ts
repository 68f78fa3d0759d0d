import { DOMAIN_MEMORY_PARAM_UNLIMITED } from "@libvirt-ts/api";
import { type DomainDef, type Memtune, type Numatune, unlimitedKiB } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type TypedParam, typed, typedParams } from "@libvirt-ts/protocol";
import { formatBitmap, parseBitmap } from "@libvirt-ts/util/bitmap";

/** By `virDomainNumatuneMemMode`. */
const numaModes = ["strict", "preferred", "interleave", "restrictive"] as const;

/** By the names of the parameters. */
const memoryFields = {
  hard_limit: "hardLimitKiB",
  soft_limit: "softLimitKiB",
  swap_hard_limit: "swapHardLimitKiB",
} as const;

export const memoryLimitTypes = {
  hard_limit: "ullong",
  soft_limit: "ullong",
  swap_hard_limit: "ullong",
} as const;
export const numaTypes = { numa_mode: "int", numa_nodeset: "string" } as const;

/** Limits of memory as clients see them: KiB. */
export function memoryParameters(memtune: Memtune | undefined): TypedParam[] {
  const limit = (value: number | undefined) => typed.ullong(BigInt(value ?? DOMAIN_MEMORY_PARAM_UNLIMITED));
  return Object.entries(memoryFields).map(([field, key]) => ({ field, value: limit(memtune?.[key]) }));
}

/** On which nodes of the host the memory lies, as clients see it. */
export function numaParameters({ numatune }: Pick<DomainDef, "numatune">): TypedParam[] {
  const { mode = "strict", nodeset = [] } = numatune?.memory ?? {};
  return typedParams({
    numa_mode: typed.int(numaModes.indexOf(mode)),
    numa_nodeset: typed.string(formatBitmap(nodeset)),
  });
}

/** @throws VirError INVALID_ARG when the two limits contradict each other */
export function setMemoryLimits(
  def: DomainDef,
  wanted: { [K in keyof typeof memoryFields]?: bigint },
  errorDomain: ErrorDomain,
): void {
  const memtune = { ...def.memtune };
  for (const [name, field] of Object.entries(memoryFields) as [keyof typeof memoryFields, "hardLimitKiB"][]) {
    const value = wanted[name];
    if (value !== undefined) memtune[field] = value >= BigInt(unlimitedKiB) ? undefined : Number(value);
  }
  const { hardLimitKiB = unlimitedKiB, swapHardLimitKiB = unlimitedKiB } = memtune;
  if (hardLimitKiB > swapHardLimitKiB) {
    throw new VirError(
      errorDomain,
      ErrorCode.INVALID_ARG,
      "memory hard_limit tunable value must be lower than or equal to swap_hard_limit",
    );
  }
  def.memtune = memtune;
}

/** @throws VirError INVALID_ARG */
export function setNuma(
  def: DomainDef,
  { numa_mode: modeNumber, numa_nodeset: nodes }: { numa_mode?: number; numa_nodeset?: string },
  errorDomain: ErrorDomain,
): void {
  const badArgument = (detail: string) => new VirError(errorDomain, ErrorCode.INVALID_ARG, detail);
  const mode = modeNumber === undefined ? undefined : numaModes[modeNumber];
  if (modeNumber !== undefined && mode === undefined)
    throw badArgument(`unsupported numatune mode: '${modeNumber}'`);
  const nodeset = nodes === undefined ? undefined : parseBitmap(nodes);
  if (nodes !== undefined && nodeset === undefined)
    throw new VirError(ErrorDomain.NONE, ErrorCode.INVALID_ARG, `Failed to parse bitmap '${nodes}'`);
  if (nodeset?.length === 0) throw badArgument(`Invalid nodeset of 'numatune': ${nodes}`);
  const numatune: Numatune = def.numatune ?? { memnodes: [] };
  const { mode: before = "strict", nodeset: nodesBefore } = numatune.memory ?? {};
  const after = nodeset ?? nodesBefore;
  def.numatune = {
    ...numatune,
    memory: {
      mode: mode ?? before,
      placement: after === undefined ? "auto" : "static",
      ...(after === undefined ? {} : { nodeset: after }),
    },
  };
}
