import { constants } from "node:os";
import { type DomainDef, formatDomain, readDomain } from "@libvirt-ts/conf/domain";
import { ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import type { KeptDefinition } from "@libvirt-ts/hypervisor";
import { type Context, childrenNamed, parseXml, type XmlElement } from "@libvirt-ts/xml";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import { type FillContext, hooksWithoutCaps, qemuHooks } from "../fill/hooks.ts";
import { iommuGroup, isPciExpress } from "../host-pci.ts";
import type { QemuDriver } from "../qemu-driver.ts";

export interface DefinitionOptions {
  /** What is live only is left out. */
  inactive: boolean;
  /** The user's own words: modern defaults, and sense is checked. */
  abiUpdate: boolean;
  /** Sense is checked; default: `abiUpdate`. */
  check?: boolean;
  /** From a status file: with everything only we write. */
  status?: boolean;
}

/**
 * Reads a domain as this driver understands it: defaults, devices and addresses as its QEMU has them.
 * @throws VirError
 */
export async function readDefinition(
  driver: QemuDriver,
  source: string | XmlElement,
  { inactive, abiUpdate, check = abiUpdate, status = false }: DefinitionOptions,
): Promise<DomainDef> {
  const root = typeof source === "string" ? parseXml(source, { errorDomain: ErrorDomain.DOMAIN }) : source;
  const emulator = emulatorOf(driver, root);
  if (emulator !== undefined) await lookAt(driver, emulator);
  if (namesFirmware(root)) await driver.firmware.refresh();
  if (!check) return readStored(driver, root, { inactive, status });
  return readDomain(root, {
    ...security,
    inactive,
    abiUpdate,
    status,
    hooks: qemuHooks(fillContext(driver)),
  });
}

/** There is no driver for labels of processes: those that name none mean none. */
const security = { defaultSecurityModel: "none" };

/** Reads what was accepted before, with what is known of its QEMU by now. */
function readStored(driver: QemuDriver, root: XmlElement, context: Context): DomainDef {
  const emulator = emulatorOf(driver, root);
  const options = { ...security, ...context, skipCheck: true };
  if (emulator !== undefined && driver.caps.peek(emulator)) {
    try {
      return readDomain(root, { ...options, hooks: qemuHooks(fillContext(driver)) });
    } catch (error) {
      if (!(error instanceof VirError)) throw error;
    }
  }
  // A domain must not vanish because its QEMU or firmware has: it is taken as stored, and completed at its next start.
  const stored = readDomain(root, { ...options, hooks: hooksWithoutCaps(fillContext(driver)) });
  driver.incomplete.add(stored);
  return stored;
}

/** What a definition kept as text says. */
export const readKept = (driver: QemuDriver, text: string): DomainDef =>
  readStored(driver, parseXml(text, { errorDomain: ErrorDomain.DOMAIN }), { inactive: true });

/** A definition as it is stored. */
export function keepDefinition(driver: QemuDriver, def: DomainDef): KeptDefinition<DomainDef> {
  let hasSecrets = false;
  const onSecret = () => {
    hasSecrets = true;
  };
  const text = formatDomain(def, { inactive: true, secure: true, onSecret });
  return driver.definitions.keep(text, { hasSecrets });
}

/** Completes what was stored while its QEMU was missing. @throws VirError while it still is */
export async function completeDefinition(driver: QemuDriver, def: DomainDef): Promise<DomainDef> {
  if (!driver.incomplete.has(def)) return def;
  const text = formatDomain(def, { inactive: true, secure: true });
  return readDefinition(driver, text, { inactive: true, abiUpdate: true });
}

/** @returns whether there is such a binary; whoever needs it tells that there is not */
async function lookAt({ caps }: QemuDriver, emulator: string): Promise<boolean> {
  try {
    await caps.get(emulator);
    return true;
  } catch (error) {
    if (error instanceof VirError && error.int1 === constants.errno.ENOENT) return false;
    throw error;
  }
}

/** What filling in may look up: only capabilities that were looked at before. */
export function fillContext({
  caps,
  emulators,
  host,
  settings,
  dirs,
  firmware,
  processor,
  env,
}: QemuDriver): FillContext {
  return {
    caps: (emulator) => caps.peek(emulator),
    defaultEmulator: (arch) => emulators.get(arch),
    hostArch: host.arch,
    spiceTls: settings.spice_tls,
    hostAddressBits: processor.physicalBits,
    hasRdp: host.hasRdp,
    noGraphicsAllowHostAudio: settings.nographics_allow_host_audio,
    vncAllowHostAudio: settings.vnc_allow_host_audio,
    hostAudioDriver: env.QEMU_AUDIO_DRV,
    channelDir: dirs.channel,
    libDir: dirs.lib,
    nvramDir: dirs.nvram,
    firmware: firmware.descriptors,
    legacyFirmware: settings.nvram.map(firmwarePair),
    isPciExpress: (address) => isPciExpress(host.root, address),
    iommuGroup: (address) => iommuGroup(host.root, address),
  };
}

/** The capabilities of the emulator a definition names. @throws VirError INVALID_ARG when it has gone */
export async function capsOf(driver: QemuDriver, { devices }: DomainDef): Promise<QemuCaps> {
  const { emulator = "" } = devices;
  if (await lookAt(driver, emulator)) return driver.caps.get(emulator);
  throw systemError(ErrorDomain.QEMU, constants.errno.ENOENT, `Cannot check QEMU binary ${emulator}`);
}

/** Does the definition say anything about firmware? */
function namesFirmware(root: XmlElement): boolean {
  const os = root.children.find(({ name }) => name === "os");
  return (
    os !== undefined && (os.attrs.firmware !== undefined || os.children.some(({ name }) => name === "loader"))
  );
}

/** `LOADER:TEMPLATE` of qemu.conf. */
function firmwarePair(text: string): [code: string, vars: string] {
  const colon = text.indexOf(":");
  return [text.slice(0, colon), text.slice(colon + 1)];
}

/** The emulator a definition names, or the host's one for its processor. */
function emulatorOf({ emulators, host }: QemuDriver, root: XmlElement): string | undefined {
  const find = (parent: string, name: string) =>
    childrenNamed(root, parent).flatMap((each) => childrenNamed(each, name))[0];
  const written = find("devices", "emulator")?.text.trim();
  if (written) return written;
  return emulators.get(find("os", "type")?.attrs.arch ?? host.arch);
}
