import { isDeepStrictEqual } from "node:util";
import { checkAbiStable, type DomainDef, formatDomain } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { readDefinition } from "../process/definition.ts";
import type { QemuDriver } from "../qemu-driver.ts";

/** What a saved guest is to go on as. @throws VirError */
export const savedDefinition = (driver: QemuDriver, xml: string): Promise<DomainDef> =>
  readDefinition(driver, xml, { inactive: true, abiUpdate: false });

/**
 * What a user wants a guest to go on as: the guest must not notice.
 * @param originalCpu what the guest's CPU was defined as: naming that is naming the one it got
 * @throws VirError; CONFIG_UNSUPPORTED "Target domain max memory 1 does not match source 2"
 */
export async function wantedDefinition(
  driver: QemuDriver,
  xml: string,
  source: DomainDef,
  originalCpu?: DomainDef["cpu"],
): Promise<DomainDef> {
  const wanted = await readDefinition(driver, xml, { inactive: true, abiUpdate: false, check: true });
  if (originalCpu && isDeepStrictEqual(wanted.cpu, originalCpu)) wanted.cpu = source.cpu;
  checkAbiStable(source, wanted);
  checkMemorySource(source, wanted);
  return wanted;
}

/** QEMU names blocks of memory after where they come from. */
function checkMemorySource(source: DomainDef, target: DomainDef): void {
  const [was, is] = [source, target].map(({ memoryBacking }) => memoryBacking?.source ?? "none");
  if (was === is) return;
  const text = `Target memoryBacking source '${is}' doesn't match source memoryBacking source'${was}'`;
  throw new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, text);
}

/** A definition as it is saved with its guest. */
export const textToSave = (def: DomainDef): string => formatDomain(def, { inactive: true, secure: true });
