import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import { modelsOf } from "../domcaps/cpu.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { allCaps, describeHost, formatCapabilities } from "./capabilities.ts";
import { badArgument, type RemoteHandlers } from "./common.ts";
import { domainCapabilities } from "./domain-capabilities.ts";
import { keptFor } from "./kept.ts";

/** Sizes of pools of pages and processors that are online may change under us: this often we look. */
const KEPT_MS = 1000;

/** Guests by the API's type names: highest number of processors when no machine is named. */
const MAX_VCPUS: Readonly<Record<string, number>> = { qemu: 16, kqemu: 1, kvm: 255, xen: 0 };

/** What clients ask about the hypervisor as a whole. */
export function connectHandlers(driver: QemuDriver): RemoteHandlers {
  const capabilities = keptFor(
    async () => formatCapabilities(...(await Promise.all([describeHost(driver), allCaps(driver)]))),
    { ms: KEPT_MS, now: driver.now },
  );
  return {
    async connectGetVersion() {
      const caps = await capsFor(driver, driver.host.arch);
      return { hvVer: BigInt(caps.version) };
    },
    connectGetCapabilities: async () => ({ capabilities: await capabilities() }),
    async connectGetDomainCapabilities({ emulatorbin, arch, machine: wanted, virttype }) {
      const caps =
        emulatorbin === null
          ? await capsFor(driver, arch ?? driver.host.arch)
          : await driver.caps.get(emulatorbin);
      if (arch !== null && arch !== caps.arch)
        throw badArgument(
          `architecture from emulator '${caps.arch}' doesn't match given architecture '${arch}'`,
        );
      const virtType = virttype ?? (caps.accel.kvm ? "kvm" : "qemu");
      return { capabilities: await domainCapabilities(driver, caps, { virtType, machine: wanted }) };
    },
    async connectGetCpuModelNames({ arch, needResults }) {
      const caps = await capsFor(driver, arch);
      const models = modelsOf(caps, caps.accel.kvm ? "kvm" : "qemu").map(({ name }) => name);
      return { models: needResults ? models : [], ret: models.length };
    },
    connectGetMaxVcpus({ type }) {
      const max = MAX_VCPUS[(type ?? "qemu").toLowerCase()];
      if (max === undefined) throw badArgument(`unknown type '${type}'`);
      return { maxVcpus: max };
    },
  };
}

/** Capabilities of the emulator for an architecture. @throws VirError when there is none */
async function capsFor(driver: QemuDriver, arch: string): Promise<QemuCaps> {
  const emulator = driver.emulators.get(arch);
  if (emulator !== undefined) return driver.caps.get(emulator);
  throw new VirError(
    ErrorDomain.QEMU,
    ErrorCode.INVALID_ARG,
    `unable to find any emulator to serve '${arch}' architecture`,
  );
}
