import { type DomainDef, readDomain } from "@libvirt-ts/conf/domain";
import { parseXml, type XmlElement } from "@libvirt-ts/xml";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import { type FillContext, qemuHooks } from "../fill/hooks.ts";
import type { QemuDriver } from "../qemu-driver.ts";

export interface DefinitionOptions {
  /** What is live only is left out. */
  inactive: boolean;
  /** The user's own words: modern defaults, and sense is checked. */
  abiUpdate: boolean;
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
  { inactive, abiUpdate, status = false }: DefinitionOptions,
): Promise<DomainDef> {
  const root = typeof source === "string" ? parseXml(source, { what: "domain_definition" }) : source;
  const emulator = emulatorOf(driver, root);
  if (emulator !== undefined) await lookAt(driver, emulator);
  const hooks = qemuHooks(fillContext(driver));
  return readDomain(root, { inactive, abiUpdate, status, skipCheck: !abiUpdate, hooks });
}

/** A binary that is not there is told by whoever needs it. */
async function lookAt({ caps }: QemuDriver, emulator: string): Promise<void> {
  try {
    await caps.get(emulator);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error; // other errors have no such property
  }
}

/** What filling in may look up: only capabilities that were looked at before. */
export function fillContext({ caps, emulators, host, settings, dirs }: QemuDriver): FillContext {
  return {
    caps: (emulator) => caps.peek(emulator),
    defaultEmulator: (arch) => emulators.get(arch),
    hostArch: host.arch,
    noGraphicsAllowHostAudio: settings.nographics_allow_host_audio,
    vncAllowHostAudio: settings.vnc_allow_host_audio,
    channelDir: dirs.channel,
  };
}

/** The capabilities of the emulator a definition names. */
export const capsOf = (driver: QemuDriver, def: DomainDef): Promise<QemuCaps> =>
  driver.caps.get(def.devices.emulator ?? "");

/** The emulator a definition names, or the host's one for its processor. */
function emulatorOf({ emulators, host }: QemuDriver, root: XmlElement): string | undefined {
  const find = (parent: XmlElement | undefined, name: string) =>
    parent?.children.find((each) => each.name === name);
  const written = find(find(root, "devices"), "emulator")?.text.trim();
  if (written) return written;
  return emulators.get(find(find(root, "os"), "type")?.attrs.arch ?? host.arch);
}
