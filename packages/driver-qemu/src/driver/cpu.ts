import { ConnectBaselineCpuFlags, ConnectCompareCpuFlags, CpuCompareResult } from "@libvirt-ts/api";
import type { Cpu } from "@libvirt-ts/conf/domain";
import { assertValid } from "@libvirt-ts/conf/schema";
import {
  type AnyCpu,
  type BaselineOptions,
  type CpuArch,
  type CpuModel,
  candidateOfAny,
  cpuArch,
  featureOfQemu,
  formatGuestCpu,
  modelOfAny,
  modelOfGuest,
  parseAnyCpu,
} from "@libvirt-ts/cpu";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
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

/** Those libvirt has a name for. */
const architectures: ReadonlySet<string> = new Set(
  (
    "alpha armv6l armv7l armv7b aarch64 cris i686 ia64 itanium lm32 loongarch64 m68k microblaze microblazeel mips " +
    "mipsel mips64 mips64el openrisc parisc parisc64 ppc ppc64 ppc64le ppcemb riscv32 riscv64 s390 s390x sh4 sh4eb " +
    "sparc sparc64 unicore32 x86_64 xtensa xtensaeb"
  ).split(" "),
);

/** Questions about processors: of this host, of what a hypervisor makes of it, of several hosts. */
export function cpuHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    connectGetCpuModelNames({ arch, needResults }) {
      if (!architectures.has(arch))
        throw new VirError(ErrorDomain.QEMU, ErrorCode.INVALID_ARG, `cannot find architecture ${arch}`);
      const models = driverFor(arch).models?.() ?? [];
      return { models: needResults ? models : [], ret: models.length };
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
      const cpus = readCpus(xmlCPUs);
      const first = cpus[0]?.kind === "host" ? cpus[0].cpu.arch : undefined;
      for (const { kind } of cpus)
        if (kind !== "host") throw cpuError(ErrorCode.XML_ERROR, "Missing CPU architecture");
      const arch = driverFor(first ?? "");
      const common = baseline(arch, first ?? "", cpus, { migratable: (flags & MIGRATABLE) !== 0 });
      return { cpu: show(arch, common, flags) };
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
  const arch = driverFor(caps.arch);
  const common = baseline(arch, caps.arch, cpus, {
    models: usableModels(accel),
    migratable,
    ...(features && { features }),
  });
  return show(arch, { ...common, model: { ...common.model, fallback: "forbid" } }, flags);
}

/** What an emulator knows by name, on this host or not. */
function featuresOf(caps: QemuCaps, virtType: string, migratable: boolean): string[] | undefined {
  return caps.accel[acceleratorOf(virtType)]?.hostCpu?.properties.flatMap((property) => {
    const feature = featureOfQemu(property.name);
    return feature === undefined || (migratable && property.migratable === false) ? [] : [feature.name];
  });
}

/** @throws VirError NO_SUPPORT for architectures nothing is known of */
function driverFor(arch: string): CpuArch {
  const found = cpuArch(arch);
  if (found) return found;
  throw cpuError(ErrorCode.NO_SUPPORT, `'${arch}' architecture is not supported by CPU driver`);
}

function readCpu(xml: string, flags: number): AnyCpu {
  if ((flags & VALIDATE_XML) !== 0) assertValid(xml, "cpu");
  return parseAnyCpu(xml);
}

function readCpus(texts: readonly string[]): AnyCpu[] {
  if (texts.length === 0) throw cpuError(ErrorCode.INVALID_ARG, "no CPUs given");
  return texts.map(parseAnyCpu);
}

function compare(arch: string, host: CpuModel | undefined, cpu: AnyCpu, flags: number): CpuCompareResult {
  const verdict = driverFor(arch).compare(host, candidateOfAny(cpu));
  if (verdict.result !== "incompatible")
    return verdict.result === "identical" ? CpuCompareResult.IDENTICAL : CpuCompareResult.SUPERSET;
  if ((flags & FAIL_INCOMPATIBLE) !== 0) throw cpuError(ErrorCode.CPU_INCOMPATIBLE, verdict.why);
  return CpuCompareResult.INCOMPATIBLE;
}

function baseline(arch: CpuArch, name: string, cpus: readonly AnyCpu[], options: BaselineOptions): Cpu {
  const models = cpus.map(modelOfAny);
  const nameless = models.findIndex(({ model }) => model === undefined);
  if (nameless >= 0) throw cpuError(ErrorCode.INVALID_ARG, `no CPU model specified at index ${nameless}`);
  if (!arch.baseline)
    throw cpuError(ErrorCode.NO_SUPPORT, `cannot compute baseline CPU of ${name} architecture`);
  return arch.baseline(models, options);
}

const show = (arch: CpuArch, cpu: Cpu, flags: number): string =>
  formatGuestCpu(((flags & EXPAND_FEATURES) !== 0 && arch.expand?.(cpu)) || cpu);
