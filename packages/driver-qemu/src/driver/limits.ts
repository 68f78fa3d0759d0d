import { DOMAIN_MEMORY_PARAM_UNLIMITED, DomainModificationImpact as Impact } from "@libvirt-ts/api";
import { type DomainDef, type Numatune, unlimitedKiB } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { readTypedParams, typed, typedParams } from "@libvirt-ts/protocol";
import { formatBitmap, parseBitmap } from "@libvirt-ts/util/bitmap";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { affected, affectedOne, badArgument, findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { changeConfig } from "./define.ts";
import { paramsReply, STRING_OKAY } from "./params-reply.ts";

const IMPACT = Impact.LIVE | Impact.CONFIG;
const READ_FLAGS = IMPACT | STRING_OKAY;
/** By `virDomainNumatuneMemMode`. */
const numaModes = ["strict", "preferred", "interleave", "restrictive"] as const;

const memoryFields = {
  hard_limit: "hardLimitKiB",
  soft_limit: "softLimitKiB",
  swap_hard_limit: "swapHardLimitKiB",
} as const;

/** Limits of host resources: memory, NUMA nodes. Without control groups they can be written down, not enforced. */
export function limitHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    domainGetMemoryParameters({ dom, nparams, flags }) {
      checkFlags(flags, READ_FLAGS, "qemuDomainGetMemoryParameters", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      const def = affectedOne(domain, flags & IMPACT);
      const isLive = domain.isActive && (flags & Impact.CONFIG) === 0;
      const limit = (field: keyof NonNullable<DomainDef["memtune"]>) =>
        typed.ullong(BigInt((isLive ? undefined : def.memtune?.[field]) ?? DOMAIN_MEMORY_PARAM_UNLIMITED));
      const params = typedParams({
        hard_limit: limit("hardLimitKiB"),
        soft_limit: limit("softLimitKiB"),
        swap_hard_limit: limit("swapHardLimitKiB"),
      });
      return paramsReply(params, { nparams, flags });
    },
    async domainSetMemoryParameters({ dom, params, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainSetMemoryParameters", ErrorDomain.QEMU);
      const wanted = readTypedParams(params, {
        hard_limit: "ullong",
        soft_limit: "ullong",
        swap_hard_limit: "ullong",
      });
      await changeLimits(driver, findDomain(driver, dom), {
        api: "virDomainSetMemoryParameters",
        flags,
        missing: "cgroup memory controller is not mounted",
        change: (def) => setMemoryLimits(def, wanted),
      });
    },
    domainGetNumaParameters({ dom, nparams, flags }) {
      checkFlags(flags, READ_FLAGS, "qemuDomainGetNumaParameters", ErrorDomain.QEMU);
      const { numatune } = affectedOne(findDomain(driver, dom), flags & IMPACT);
      const { mode = "strict", nodeset = [] } = numatune?.memory ?? {};
      const params = typedParams({
        numa_mode: typed.int(numaModes.indexOf(mode)),
        numa_nodeset: typed.string(formatBitmap(nodeset)),
      });
      return paramsReply(params, { nparams, flags });
    },
    async domainSetNumaParameters({ dom, params, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainSetNumaParameters", ErrorDomain.QEMU);
      const wanted = readTypedParams(params, { numa_mode: "int", numa_nodeset: "string" });
      await changeLimits(driver, findDomain(driver, dom), {
        api: "virDomainSetNumaParameters",
        flags,
        missing: "cgroup cpuset controller is not mounted",
        change: (def) => setNuma(def, wanted),
      });
    },
  };
}

interface LimitChange {
  api: string;
  flags: number;
  /** Why it cannot be done to a running guest. */
  missing: string;
  change: (def: DomainDef) => void;
}

/** Changes the persistent definition; a running guest is refused. */
export async function changeLimits(
  driver: QemuDriver,
  domain: QemuDomain,
  { api, flags, missing, change }: LimitChange,
): Promise<void> {
  await domain.jobs.run("modify", { api }, async () => {
    const { live, config } = affected(domain, flags);
    if (live) throw invalid(missing);
    if (config) await changeConfig(driver, domain, change);
  });
}

function setMemoryLimits(def: DomainDef, wanted: { [K in keyof typeof memoryFields]?: bigint }): void {
  const memtune = { ...def.memtune };
  for (const [name, field] of Object.entries(memoryFields) as [keyof typeof memoryFields, "hardLimitKiB"][]) {
    const value = wanted[name];
    if (value !== undefined) memtune[field] = value >= BigInt(unlimitedKiB) ? undefined : Number(value);
  }
  const { hardLimitKiB = unlimitedKiB, swapHardLimitKiB = unlimitedKiB } = memtune;
  if (hardLimitKiB > swapHardLimitKiB) {
    throw new VirError(
      ErrorDomain.DOMAIN,
      ErrorCode.INVALID_ARG,
      "memory hard_limit tunable value must be lower than or equal to swap_hard_limit",
    );
  }
  def.memtune = memtune;
}

function setNuma(
  def: DomainDef,
  { numa_mode: modeNumber, numa_nodeset: nodes }: { numa_mode?: number; numa_nodeset?: string },
): void {
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
