import { ConnectBaselineCpuFlags, ConnectCompareCpuFlags, CpuCompareResult } from "@libvirt-ts/api";
import { assertValid } from "@libvirt-ts/conf/schema";
import {
  type AnyCpu,
  type CpuModel,
  candidateOfAny,
  featureOfQemu,
  modelOfGuest,
  parseAnyCpu,
} from "@libvirt-ts/cpu";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  cpuBaseline,
  cpuDriver,
  cpuModelNames,
  formatBaseline,
  hostBaseline,
  readCpus,
} from "@libvirt-ts/hypervisor";
import { acceleratorOf, type QemuCaps } from "../caps/qemu-caps.ts";
import { hostModels, usableModels } from "../cpu/host-model.ts";
import { isX86 } from "../device/parts.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import type { RemoteHandlers } from "./common.ts";
import { chooseHypervisor, type HypervisorChoice } from "./hypervisor.ts";

const { FAIL_INCOMPATIBLE, VALIDATE_XML } = ConnectCompareCpuFlags;
const { EXPAND_FEATURES, MIGRATABLE } = ConnectBaselineCpuFlags;
const comparing = FAIL_INCOMPATIBLE | VALIDATE_XML;
const baselining = EXPAND_FEATURES | MIGRATABLE;

const cpuError = (code: ErrorCode, detail: string) => new VirError(ErrorDomain.CPU, code, detail);
const cannot = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_UNSUPPORTED, detail);

/** Questions about processors: of this host, of what a hypervisor makes of it, of several hosts. */
export function cpuHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    connectGetCpuModelNames({ arch, needResults }) {
      const models = cpuModelNames(arch, ErrorDomain.QEMU);
      return { models: needResults ? [...models] : [], ret: models.length };
    },
    connectCompareCpu({ xml, flags }) {
      checkFlags(flags, comparing, "qemuConnectCompareCPU", ErrorDomain.QEMU);
      return { result: compare(driver.host.arch, driver.processor.itself(), readCpu(xml, flags), flags) };
    },
    async connectCompareHypervisorCpu({ xmlCPU, flags, ...choice }) {
      checkFlags(flags, comparing, "qemuConnectCompareHypervisorCPU", ErrorDomain.QEMU);
      const { caps, virtType } = await chooseHypervisor(driver, choice);
      if (!isX86(caps.arch))
        throw cannot(`comparing with the hypervisor CPU is not supported for arch ${caps.arch}`);
      const reported = hostModels(caps, virtType, driver.processor)?.reported;
      return {
        result: compare(caps.arch, reported && modelOfGuest(reported), readCpu(xmlCPU, flags), flags),
      };
    },
    connectBaselineCpu({ xmlCPUs, flags }) {
      checkFlags(flags, baselining, "qemuConnectBaselineCPU", ErrorDomain.QEMU);
      return { cpu: hostBaseline(xmlCPUs, flags) };
    },
    async connectBaselineHypervisorCpu({ xmlCPUs, flags, ...choice }) {
      checkFlags(flags, baselining, "qemuConnectBaselineHypervisorCPU", ErrorDomain.QEMU);
      return { cpu: await hypervisorBaseline(driver, choice, { xmlCPUs, flags }) };
    },
  };
}

async function hypervisorBaseline(
  driver: QemuDriver,
  choice: HypervisorChoice,
  { xmlCPUs, flags }: { xmlCPUs: readonly string[]; flags: number },
): Promise<string> {
  const cpus = readCpus(xmlCPUs);
  const { caps, virtType } = await chooseHypervisor(driver, choice);
  const accel = caps.accel[acceleratorOf(virtType)];
  if (accel === undefined || accel.cpus.length === 0)
    throw cannot(`QEMU '${caps.emulator}' does not support any CPU models for virttype '${virtType}'`);
  if (!isX86(caps.arch))
    throw cannot(`computing baseline hypervisor CPU is not supported for arch ${caps.arch}`);
  const migratable = (flags & MIGRATABLE) !== 0;
  const features = featuresOf(caps, virtType, migratable);
  const common = cpuBaseline(caps.arch, cpus, {
    models: usableModels(accel),
    migratable,
    ...(features && { features }),
  });
  return formatBaseline(caps.arch, { ...common, model: { ...common.model, fallback: "forbid" } }, flags);
}

/** What an emulator knows by name, on this host or not. */
function featuresOf(caps: QemuCaps, virtType: string, migratable: boolean): string[] | undefined {
  return caps.accel[acceleratorOf(virtType)]?.hostCpu?.properties.flatMap((property) => {
    const feature = featureOfQemu(property.name);
    return feature === undefined || (migratable && property.migratable === false) ? [] : [feature.name];
  });
}

function readCpu(xml: string, flags: number): AnyCpu {
  if ((flags & VALIDATE_XML) !== 0) assertValid(xml, "cpu");
  return parseAnyCpu(xml);
}

function compare(arch: string, host: CpuModel | undefined, cpu: AnyCpu, flags: number): CpuCompareResult {
  const verdict = cpuDriver(arch).compare(host, candidateOfAny(cpu));
  if (verdict.result !== "incompatible")
    return verdict.result === "identical" ? CpuCompareResult.IDENTICAL : CpuCompareResult.SUPERSET;
  if ((flags & FAIL_INCOMPATIBLE) !== 0) throw cpuError(ErrorCode.CPU_INCOMPATIBLE, verdict.why);
  return CpuCompareResult.INCOMPATIBLE;
}
