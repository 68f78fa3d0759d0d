import { ConnectBaselineCpuFlags } from "@libvirt-ts/api";
import { domainTypes } from "@libvirt-ts/conf/domain";
import { type Choices, formatDomainCapabilities } from "@libvirt-ts/conf/domain-capabilities";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { cpuModelNames, hostBaseline, type RemoteHandlers } from "@libvirt-ts/hypervisor";
import { badArgument } from "../errors.ts";
import { MAX_VCPUS } from "./calls.ts";
import { EMULATOR } from "./capabilities.ts";

/** Guests are of the host's architecture. */
const guestArch = "i686";

/** Nobody looks at what a processor is like. */
const cpuModes = ["host-passthrough", "maximum", "host-model", "custom"] as const;

const choices = (enums: Readonly<Record<string, readonly string[]>>): Choices => ({
  supported: true,
  enums: Object.entries(enums).map(([name, values]) => ({ name, values: [...values] })),
});

/** What guests may have; what is not said is neither known nor refused. */
const devices = {
  disk: choices({
    diskDevice: ["disk", "cdrom", "floppy", "lun"],
    bus: ["ide", "fdc", "scsi", "virtio", "usb", "sata"],
  }),
  graphics: choices({ type: ["sdl", "vnc", "spice"] }),
  video: choices({ modelType: ["vga", "cirrus", "xen"] }),
  hostdev: choices({ mode: ["subsystem"], subsysType: ["usb", "pci", "scsi"] }),
};

/** What clients ask about processors in general, and about what a guest may have. */
export const hypervisorHandlers = (): RemoteHandlers => ({
  connectGetCpuModelNames({ arch, needResults, flags }) {
    checkFlags(flags, 0, "testConnectGetCPUModelNames", ErrorDomain.TEST);
    const models = cpuModelNames(arch, ErrorDomain.TEST);
    return { models: needResults ? [...models] : [], ret: models.length };
  },
  connectBaselineCpu({ xmlCPUs, flags }) {
    const { EXPAND_FEATURES } = ConnectBaselineCpuFlags;
    checkFlags(flags, EXPAND_FEATURES, "testConnectBaselineCPU", ErrorDomain.TEST);
    return { cpu: hostBaseline(xmlCPUs, flags) };
  },
  connectGetDomainCapabilities({ emulatorbin, arch, machine, virttype, flags }) {
    checkFlags(flags, 0, "testConnectGetDomainCapabilities", ErrorDomain.TEST);
    if (virttype !== null && !domainTypes.some((type) => type === virttype))
      throw badArgument(`unknown virttype: ${virttype}`);
    if (virttype !== null && virttype !== "test")
      throw badArgument(`virttype '${virttype}' is not supported by this hypervisor`);
    if (arch !== null && arch !== guestArch)
      throw badArgument(`architecture '${arch}' is not supported by this hypervisor`);
    const capabilities = formatDomainCapabilities({
      path: emulatorbin ?? EMULATOR,
      domain: "test",
      ...(machine !== null && { machine }),
      arch: guestArch,
      vcpu: MAX_VCPUS,
      iothreads: { supported: true },
      os: { supported: true, enums: [], loader: { supported: true, values: [], enums: [] } },
      cpu: { modes: cpuModes.map((name) => ({ name, supported: false, enums: [], features: [] })) },
      devices,
      features: { backingStoreInput: { supported: false }, backup: { supported: false } },
    });
    return { capabilities };
  },
});
