import { ConnectBaselineCpuFlags } from "@libvirt-ts/api";
import type { Cpu } from "@libvirt-ts/conf/domain";
import {
  type AnyCpu,
  type BaselineOptions,
  type CpuArch,
  cpuArch,
  formatGuestCpu,
  modelOfAny,
  parseAnyCpu,
} from "@libvirt-ts/cpu";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

const { EXPAND_FEATURES, MIGRATABLE } = ConnectBaselineCpuFlags;

const cpuError = (code: ErrorCode, detail: string) => new VirError(ErrorDomain.CPU, code, detail);

/** Those libvirt has a name for. */
export const architectures: ReadonlySet<string> = new Set(
  (
    "alpha armv6l armv7l armv7b aarch64 cris i686 ia64 itanium lm32 loongarch64 m68k microblaze microblazeel mips " +
    "mipsel mips64 mips64el openrisc parisc parisc64 ppc ppc64 ppc64le ppcemb riscv32 riscv64 s390 s390x sh4 sh4eb " +
    "sparc sparc64 unicore32 x86_64 xtensa xtensaeb"
  ).split(" "),
);

/**
 * Names of the processor models of an architecture.
 * @param errorDomain of the driver
 * @throws VirError INVALID_ARG, NO_SUPPORT
 */
export function cpuModelNames(arch: string, errorDomain: ErrorDomain): readonly string[] {
  if (!architectures.has(arch))
    throw new VirError(errorDomain, ErrorCode.INVALID_ARG, `cannot find architecture ${arch}`);
  return cpuDriver(arch).models?.() ?? [];
}

/** @throws VirError NO_SUPPORT for architectures nothing is known of */
export function cpuDriver(arch: string): CpuArch {
  const found = cpuArch(arch);
  if (found) return found;
  throw cpuError(ErrorCode.NO_SUPPORT, `'${arch}' architecture is not supported by CPU driver`);
}

/** @throws VirError INVALID_ARG when there are none */
export function readCpus(texts: readonly string[]): AnyCpu[] {
  if (texts.length === 0) throw cpuError(ErrorCode.INVALID_ARG, "no CPUs given");
  return texts.map(parseAnyCpu);
}

/** What processors have in common. @throws VirError INVALID_ARG, NO_SUPPORT */
export function cpuBaseline(arch: string, cpus: readonly AnyCpu[], options: BaselineOptions): Cpu {
  const driver = cpuDriver(arch);
  const models = cpus.map(modelOfAny);
  const nameless = models.findIndex(({ model }) => model === undefined);
  if (nameless >= 0) throw cpuError(ErrorCode.INVALID_ARG, `no CPU model specified at index ${nameless}`);
  if (!driver.baseline)
    throw cpuError(ErrorCode.NO_SUPPORT, `cannot compute baseline CPU of ${arch} architecture`);
  return driver.baseline(models, options);
}

/** @param flags `virConnectBaselineCPUFlags` */
export const formatBaseline = (arch: string, cpu: Cpu, flags: number): string =>
  formatGuestCpu(((flags & EXPAND_FEATURES) !== 0 && cpuDriver(arch).expand?.(cpu)) || cpu);

/** What hosts have in common. @throws VirError XML_ERROR when one is no host's, and as `cpuBaseline` */
export function hostBaseline(xmlCpus: readonly string[], flags: number): string {
  const cpus = readCpus(xmlCpus);
  for (const each of cpus) checkHost(each);
  const first = cpus[0]?.kind === "host" ? cpus[0].cpu.arch : undefined;
  const arch = first ?? "";
  return formatBaseline(arch, cpuBaseline(arch, cpus, { migratable: (flags & MIGRATABLE) !== 0 }), flags);
}

function checkHost({ kind, cpu }: AnyCpu): void {
  if (kind !== "host") throw cpuError(ErrorCode.XML_ERROR, "Missing CPU architecture");
  if (!architectures.has(cpu.arch))
    throw cpuError(ErrorCode.CONFIG_UNSUPPORTED, `Unknown architecture ${cpu.arch}`);
  if (cpu.model === undefined) throw cpuError(ErrorCode.XML_ERROR, "Missing CPU model name");
}
