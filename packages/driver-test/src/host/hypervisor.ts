import { ConnectBaselineCpuFlags } from "@libvirt-ts/api";
import { domainTypes } from "@libvirt-ts/conf/domain";
import { formatDomainCapabilities } from "@libvirt-ts/conf/domain-capabilities";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { architectures, cpuModelNames, hostBaseline, type RemoteHandlers } from "@libvirt-ts/hypervisor";
import { badArgument } from "../errors.ts";

/** Nobody looks at what a processor is like. */
const cpuModes = ["host-passthrough", "maximum", "host-model", "custom"] as const;
/** What the usual guest is. */
const usual = { arch: "i686", type: "test" };

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
    if (arch !== null && !architectures.has(arch)) throw badArgument(`unknown architecture: ${arch}`);
    if (virttype !== null && !domainTypes.some((type) => type === virttype))
      throw badArgument(`unknown virttype: ${virttype}`);
    // What was asked for, and nothing that would be known of it: so does libvirt's.
    const capabilities = formatDomainCapabilities({
      ...(emulatorbin !== null && { path: emulatorbin }),
      domain: virttype ?? usual.type,
      ...(machine !== null && { machine }),
      arch: arch ?? usual.arch,
      cpu: { modes: cpuModes.map((name) => ({ name, supported: false, enums: [], features: [] })) },
      devices: {},
      features: { sev: { supported: false }, sgx: { supported: false } },
    });
    return { capabilities };
  },
});
