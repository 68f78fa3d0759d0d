import { formatDomainCapabilities } from "@libvirt-ts/conf/domain-capabilities";
import {
  acceleratorOf,
  describeDomainCapabilities,
  findMachine,
  hostModels,
  parseQemuCaps,
  type QemuCaps,
  supportedFirmware,
} from "@libvirt-ts/driver-qemu/command";
import type { Row } from "../corpus.ts";
import { foreignCapabilities } from "../foreign-capabilities.ts";
import { firmwareOf } from "../qemu/firmware.ts";
import { domcapsHost } from "../qemu/host-cpu.ts";
import type { Suite } from "../suite.ts";

const images = ["/obviously/fake/firmware1.fd", "/obviously/fake/firmware2.fd"];
/** What the pretended processor says of encrypted guests. */
const sevGuests = { maxGuests: 59, maxEsGuests: 450 };

function machineOf(caps: QemuCaps, { machine }: Row, virtType: string) {
  const types = [virtType, "qemu"];
  for (const type of types) {
    const { machines = [] } = caps.accel[acceleratorOf(type)] ?? {};
    const found = machine === undefined ? machines[0] : findMachine(caps, type, String(machine));
    if (found) return { machine: found, maxVcpus: type === virtType ? found.maxCpus : 0 };
  }
  return undefined;
}

export const suite: Suite = {
  run(row, corpus) {
    if (row.input === undefined) return { got: { xml: formatDomainCapabilities(foreignCapabilities(row)) } };
    const { arch = "" } = row;
    const virtType = String(row.virtType);
    const caps = { ...parseQemuCaps(corpus.text(row.input)), emulator: String(row.emulator) };
    const found = machineOf(caps, row, virtType);
    if (!found) return { error: `no machine ${row.machine}` };
    const firmware = supportedFirmware(firmwareOf(corpus), { arch, machine: found.machine.name });
    const described = describeDomainCapabilities({
      ...found,
      caps,
      virtType,
      hostArch: arch,
      models: hostModels(caps, virtType, domcapsHost(arch)),
      firmware: { ...firmware, images },
      tpmVersions: row.env?.VIR_TEST_MOCK_FAKE_TPM_VERSION === "2.0" ? ["2.0"] : ["1.2", "2.0"],
      hasVfio: true,
      hasRdp: true,
      sevGuests,
    });
    return { got: { xml: formatDomainCapabilities(described) } };
  },
};
