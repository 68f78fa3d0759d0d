import { access } from "node:fs/promises";
import { join } from "node:path";
import { formatDomainCapabilities } from "@libvirt-ts/conf/domain-capabilities";
import { native } from "@libvirt-ts/native";
import { remote } from "@libvirt-ts/protocol";
import { encode } from "@libvirt-ts/xdr";
import { findMachine, preferredMachine, type QemuCaps } from "../caps/qemu-caps.ts";
import { hostModels } from "../cpu/host-model.ts";
import { describeDomainCapabilities } from "../domcaps/describe.ts";
import { supportedFirmware } from "../fill/firmware-supported.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { badArgument } from "./common.ts";

export interface DomainCapabilitiesQuestion {
  virtType: string;
  /** `null`: the preferred one. */
  machine: string | null;
}

/** Replies by emulator, as long as what is known of it is right. */
const replies = new WeakMap<QemuCaps, Map<string, Promise<Uint8Array>>>();

/**
 * What a guest may have, as XML in an encoded reply; made once for each emulator, machine and way to run.
 * @throws VirError INVALID_ARG for machines the emulator does not have
 */
export function domainCapabilities(
  driver: QemuDriver,
  caps: QemuCaps,
  question: DomainCapabilitiesQuestion,
): Promise<Uint8Array> {
  const ofEmulator = replies.get(caps) ?? new Map<string, Promise<Uint8Array>>();
  replies.set(caps, ofEmulator);
  const key = `${question.virtType} ${question.machine ?? ""}`;
  let reply = ofEmulator.get(key);
  if (reply === undefined) {
    reply = make(driver, caps, question).then((capabilities) =>
      encode(remote.procs.connectGetDomainCapabilities.ret, { capabilities }),
    );
    ofEmulator.set(key, reply);
    reply.catch(() => ofEmulator.delete(key));
  }
  return reply;
}

async function make(
  driver: QemuDriver,
  caps: QemuCaps,
  { virtType, machine: wanted }: DomainCapabilitiesQuestion,
): Promise<string> {
  const { host, processor, env } = driver;
  const machine = wanted === null ? preferredMachine(caps, virtType) : findMachine(caps, virtType, wanted);
  if (!machine) throw badArgument(`the machine '${wanted}' is not supported by emulator '${caps.emulator}'`);
  const [descriptors, hasVfio, tpmVersions] = await Promise.all([
    driver.firmware.refresh(),
    exists(join(host.root, "/dev/vfio/vfio")),
    playableTpms(env.PATH ?? ""),
  ]);
  const firmware = supportedFirmware(descriptors, { arch: caps.arch, machine: machine.name });
  const found = await Promise.all(firmware.images.map(({ path }) => exists(join(host.root, path))));
  const images = firmware.images.filter((_, at) => found[at]).map(({ path }) => path);
  const sevGuests = caps.sev && encryptedGuests();
  const described = describeDomainCapabilities({
    caps,
    machine,
    maxVcpus: machine.maxCpus,
    virtType,
    hostArch: host.arch,
    models: hostModels(caps, virtType, processor),
    firmware: { ...firmware, images: [...new Set(images)] },
    tpmVersions,
    hasVfio,
    hasRdp: host.hasRdp,
    ...(sevGuests && { sevGuests }),
  });
  return formatDomainCapabilities(described);
}

/** Software that plays a TPM plays both versions. */
async function playableTpms(path: string): Promise<string[]> {
  const found = await Promise.all(path.split(":").map((folder) => exists(join(folder, "swtpm"))));
  return found.includes(true) ? ["1.2", "2.0"] : [];
}

/** CPUID 8000001f: ecx is how many guests can be encrypted at a time, edx the first that is not for encrypted state. */
function encryptedGuests(): { maxGuests: number; maxEsGuests: number } | undefined {
  const answer = native.cpuid(0x8000_001f, 0);
  if (typeof answer === "number") return undefined;
  return { maxGuests: answer.ecx - answer.edx + 1, maxEsGuests: answer.edx - 1 };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false; // whatever the reason, it cannot be used
  }
}
