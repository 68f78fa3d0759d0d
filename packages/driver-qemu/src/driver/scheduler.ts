import { DomainModificationImpact as Impact } from "@libvirt-ts/api";
import type { Cputune } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { cputuneOf, paramsReply, STRING_OKAY } from "@libvirt-ts/hypervisor";
import { readTypedParams, type TypedParam, type TypedValue, typed, typedParams } from "@libvirt-ts/protocol";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { affected, affectedOne, badArgument, findDomain, invalid, type RemoteHandlers } from "./common.ts";
import { changeConfig } from "./define.ts";

const IMPACT = Impact.LIVE | Impact.CONFIG;
const MIN_US = 1000;
const MAX_PERIOD_US = 1_000_000;
/** libvirt's bound: what the kernel can count in nanoseconds. */
const MAX_QUOTA_US = 17_592_186_044_415;

type Field = Extract<
  keyof Cputune,
  | "shares"
  | "period"
  | "quota"
  | "globalPeriod"
  | "globalQuota"
  | "emulatorPeriod"
  | "emulatorQuota"
  | "iothreadPeriod"
  | "iothreadQuota"
>;

/** The parameters in the order clients get them; weights, and microseconds. */
const fields = {
  cpu_shares: { field: "shares", kind: "shares" },
  vcpu_period: { field: "period", kind: "period" },
  vcpu_quota: { field: "quota", kind: "quota" },
  emulator_period: { field: "emulatorPeriod", kind: "period" },
  emulator_quota: { field: "emulatorQuota", kind: "quota" },
  global_period: { field: "globalPeriod", kind: "period" },
  global_quota: { field: "globalQuota", kind: "quota" },
  iothread_period: { field: "iothreadPeriod", kind: "period" },
  iothread_quota: { field: "iothreadQuota", kind: "quota" },
} as const satisfies Record<string, { field: Field; kind: "shares" | "period" | "quota" }>;

/** What the kernel does with a process that nobody has limited. */
const unlimited = { shares: 1024, period: 100_000, quota: -1 } as const;

const wireTypes = {
  cpu_shares: "ullong",
  vcpu_period: "ullong",
  vcpu_quota: "llong",
  emulator_period: "ullong",
  emulator_quota: "llong",
  global_period: "ullong",
  global_quota: "llong",
  iothread_period: "ullong",
  iothread_quota: "llong",
} as const;

/** How a guest shares the host's processors. */
export function schedulerHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    domainGetSchedulerType({ dom }) {
      findDomain(driver, dom);
      return { type: "posix", nparams: Object.keys(fields).length };
    },
    domainGetSchedulerParameters: ({ dom, nparams }) => ({
      params: shares(findDomain(driver, dom), Impact.CURRENT).slice(0, nparams),
    }),
    domainGetSchedulerParametersFlags({ dom, nparams, flags }) {
      checkFlags(flags, IMPACT | STRING_OKAY, "qemuDomainGetSchedulerParametersFlags", ErrorDomain.QEMU);
      const { params } = paramsReply(shares(findDomain(driver, dom), flags & IMPACT), { nparams, flags });
      return { params };
    },
    domainSetSchedulerParameters: ({ dom, params }) =>
      setShares(driver, findDomain(driver, dom), params, Impact.CURRENT),
    domainSetSchedulerParametersFlags({ dom, params, flags }) {
      checkFlags(flags, IMPACT, "qemuDomainSetSchedulerParametersFlags", ErrorDomain.QEMU);
      return setShares(driver, findDomain(driver, dom), params, flags);
    },
  };
}

function shares(domain: QemuDomain, flags: number): TypedParam[] {
  const def = affectedOne(domain, flags);
  const isLive = domain.isActive && (flags & Impact.CONFIG) === 0;
  const values: Record<string, TypedValue> = {};
  for (const [name, { field, kind }] of Object.entries(fields)) {
    // Running guests stay in the daemon's own control group: nothing of their tuning is in force.
    const value = isLive ? unlimited[kind] : (def.cputune?.[field] ?? 0);
    values[name] = kind === "quota" ? typed.llong(BigInt(value)) : typed.ullong(BigInt(value));
  }
  return typedParams(values);
}

async function setShares(
  driver: QemuDriver,
  domain: QemuDomain,
  params: readonly TypedParam[],
  flags: number,
): Promise<void> {
  const wanted = readTypedParams(params, wireTypes);
  await domain.jobs.run("modify", { api: "virDomainSetSchedulerParametersFlags" }, async () => {
    const { live, config } = affected(domain, flags);
    if (live) throw invalid("cgroup CPU controller is not mounted");
    if (!config) return;
    await changeConfig(driver, domain, (def) => {
      const tune = cputuneOf(def);
      for (const [name, value] of Object.entries(wanted)) {
        const { field, kind } = fields[name as keyof typeof fields]; // both tables have the same names
        checkRange(name, kind, Number(value));
        tune[field] = Number(value);
      }
    });
  });
}

/** 0 leaves the kernel's own value; a negative quota is none at all. */
function checkRange(name: string, kind: "shares" | "period" | "quota", value: number): void {
  if (kind === "shares" || value === 0 || (kind === "quota" && value < 0)) return;
  const max = kind === "period" ? MAX_PERIOD_US : MAX_QUOTA_US;
  if (value < MIN_US || value > max)
    throw badArgument(`value of '${name}' is out of range [${MIN_US}, ${max}]`);
}
