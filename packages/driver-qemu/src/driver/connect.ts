import { ConnectGetDomainCapabilitiesFlags as CapabilitiesFlag } from "@libvirt-ts/api";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { encoded } from "@libvirt-ts/rpc/server";
import type { QemuDriver } from "../qemu-driver.ts";
import { allCaps, formatCapabilities } from "./capabilities.ts";
import { badArgument, type RemoteHandlers } from "./common.ts";
import { domainCapabilities } from "./domain-capabilities.ts";
import { describeHost } from "./host-capabilities.ts";
import { capsFor, chooseHypervisor } from "./hypervisor.ts";
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
    async connectGetDomainCapabilities({ emulatorbin, arch, machine, virttype, flags }) {
      checkFlags(
        flags,
        CapabilitiesFlag.DISABLE_DEPRECATED_FEATURES,
        "qemuConnectGetDomainCapabilities",
        ErrorDomain.QEMU,
      );
      const choice = { emulator: emulatorbin, arch, machine, virttype };
      const { caps, virtType } = await chooseHypervisor(driver, choice);
      return encoded(await domainCapabilities(driver, caps, { virtType, machine }));
    },
    connectGetMaxVcpus({ type }) {
      const max = MAX_VCPUS[(type ?? "qemu").toLowerCase()];
      if (max === undefined) throw badArgument(`unknown type '${type}'`);
      return { maxVcpus: max };
    },
  };
}
