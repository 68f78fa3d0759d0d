import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { allCaps, describeHost, formatCapabilities } from "./capabilities.ts";
import { badArgument, type RemoteHandlers } from "./common.ts";

/** Guests by the API's type names: highest number of processors when no machine is named. */
const MAX_VCPUS: Readonly<Record<string, number>> = { qemu: 16, kqemu: 1, kvm: 255, xen: 0 };

/** What clients ask about the hypervisor as a whole. */
export function connectHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async connectGetVersion() {
      const caps = await hostCaps(driver);
      return { hvVer: BigInt(caps.version) };
    },
    async connectGetCapabilities() {
      const [host, guests] = await Promise.all([describeHost(driver), allCaps(driver)]);
      return { capabilities: formatCapabilities(host, guests) };
    },
    connectGetMaxVcpus({ type }) {
      const max = MAX_VCPUS[(type ?? "qemu").toLowerCase()];
      if (max === undefined) throw badArgument(`unknown type '${type}'`);
      return { maxVcpus: max };
    },
  };
}

/** Capabilities of the emulator for the host's own processor. */
export async function hostCaps(driver: QemuDriver): Promise<QemuCaps> {
  const emulator = driver.emulators.get(driver.host.arch);
  if (emulator === undefined)
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.INTERNAL_ERROR,
      `Cannot find suitable emulator for ${driver.host.arch}`,
    );
  return driver.caps.get(emulator);
}
