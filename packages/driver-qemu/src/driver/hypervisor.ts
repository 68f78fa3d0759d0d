import { acceleratorOf, findMachine, type QemuCaps } from "../caps/qemu-caps.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { badArgument } from "./common.ts";

/** How a client names an emulator and a way to run guests; `null`: the usual one. */
export interface HypervisorChoice {
  emulator: string | null;
  arch: string | null;
  machine: string | null;
  virttype: string | null;
}

/**
 * The emulator a client means.
 * @throws VirError INVALID_ARG for what does not exist or does not go together
 */
export async function chooseHypervisor(
  driver: QemuDriver,
  { emulator, arch, machine, virttype }: HypervisorChoice,
): Promise<{ caps: QemuCaps; virtType: string }> {
  if (virttype !== null && !virtTypes.has(virttype)) throw badArgument(`unknown virttype: ${virttype}`);
  const caps =
    emulator === null ? await capsFor(driver, arch ?? driver.host.arch) : await driver.caps.get(emulator);
  if (arch !== null && arch !== caps.arch)
    throw badArgument(`architecture from emulator '${caps.arch}' doesn't match given architecture '${arch}'`);
  const virtType = virttype ?? (caps.accel.kvm ? "kvm" : caps.accel.hvf ? "hvf" : "qemu");
  if (!caps.accel[acceleratorOf(virtType)])
    throw badArgument(`the accel '${virtType}' is not supported by '${caps.emulator}' on this host`);
  if (machine !== null && !findMachine(caps, virtType, machine))
    throw badArgument(`the machine '${machine}' is not supported by emulator '${caps.emulator}'`);
  return { caps, virtType };
}

/** The types of domains libvirt knows. */
const virtTypes: ReadonlySet<string> = new Set(
  "qemu kqemu kvm xen lxc uml openvz test vmware hyperv vbox phyp parallels bhyve vz hvf".split(" "),
);

/** Capabilities of the emulator for an architecture. @throws VirError INVALID_ARG when there is none */
export async function capsFor({ emulators, caps }: QemuDriver, arch: string): Promise<QemuCaps> {
  const emulator = emulators.get(arch);
  if (emulator !== undefined) return caps.get(emulator);
  throw badArgument(`unable to find any emulator to serve '${arch}' architecture`);
}
