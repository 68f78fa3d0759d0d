import { type Cpu, type DomainDef, userAliasPrefix } from "@libvirt-ts/conf/domain";
import { cpuArch, modelOfGuest } from "@libvirt-ts/cpu";
import { hostModels } from "../cpu/host-model.ts";
import { isI440fx } from "../device/machine.ts";
import { capsOf } from "../process/definition.ts";
import type { QemuDriver } from "../qemu-driver.ts";

/**
 * As other releases understand it, the oldest included: without what they take for granted or do not know.
 * @see virDomainXMLFlags: VIR_DOMAIN_XML_MIGRATABLE
 */
export function migratableForm(def: DomainDef): DomainDef {
  const { controllers, inputs, panics, audios } = def.devices;
  const dropped = new Set<object>();
  const only = (type: "usb" | "pci") => {
    const [first, ...others] = controllers.filter((each) => each.type === type);
    return first && others.length === 0 && first.index === 0 && !isNamedByUser(first) ? first : undefined;
  };
  const usb = only("usb");
  // Only these guests had it before it could be written.
  if (usb?.type === "usb" && isI440fx(def) && (usb.model === undefined || usb.model === "piix3-uhci"))
    dropped.add(usb);
  const pci = only("pci");
  if (pci?.type === "pci" && pci.model === "pci-root" && pci.pcihole64 === undefined) dropped.add(pci);
  for (const input of inputs) if (input.type === "keyboard" && input.bus === "ps2") dropped.add(input);
  for (const panic of panics) if (panic.model === "pseries" || panic.model === "s390") dropped.add(panic);
  const [audio, ...otherAudios] = audios;
  if (audio && otherAudios.length === 0 && isBare(audio)) dropped.add(audio);
  const isKept = (each: object) => !dropped.has(each);
  return {
    ...def,
    devices: {
      ...def.devices,
      controllers: controllers.filter(isKept),
      inputs: inputs.filter(isKept),
      panics: panics.filter(isKept),
      audios: audios.filter(isKept),
    },
  };
}

const isNamedByUser = ({ alias }: { alias?: string | undefined }): boolean =>
  alias?.startsWith(userAliasPrefix) === true;

/** Nothing but what is added of itself to a guest with sound or a display. */
const isBare = (audio: { id?: number | undefined; type: string }): boolean =>
  Object.entries(audio).every(
    ([key, value]) => key === "type" || (key === "id" && value === 1) || value === undefined,
  );

/**
 * The CPU a guest would get if it were started now, in the place of what it asks for.
 * @see virDomainXMLFlags: VIR_DOMAIN_XML_UPDATE_CPU
 */
export async function withHostCpu(driver: QemuDriver, def: DomainDef): Promise<DomainDef> {
  const { cpu } = def;
  if (!cpu || ((cpu.mode ?? "custom") === "custom" && cpu.model?.name === undefined)) return def;
  const models = hostModels(await capsOf(driver, def), def.type, driver.processor);
  const arch = cpuArch(def.os.type.arch ?? "");
  const updated: Cpu | undefined = models && arch?.update?.(cpu, modelOfGuest(models.migratable), "disable");
  return updated ? { ...def, cpu: updated } : def;
}
