import { DomainCoreDumpFlags, DomainSaveRestoreFlags as SaveFlags } from "@libvirt-ts/api";
import { formatDomain } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { findDomain, findSame, type RemoteHandlers, type State } from "@libvirt-ts/hypervisor";
import { invalid } from "../errors.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import { addDomain, readDefinition } from "./definition.ts";
import { bootGuest, endGuest } from "./guest.ts";
import { refuseActive } from "./lifecycle.ts";
import { encodeImage, readImage, writeFileOrSay } from "./save-image.ts";

const { BYPASS_CACHE, RUNNING, PAUSED } = SaveFlags;

/** Guests that are kept in files, and pictures of their memory. */
export function saveHandlers(driver: TestDriver): RemoteHandlers {
  const find = (dom: Parameters<typeof findDomain>[1]) => findDomain(driver, dom);
  return {
    domainSave: ({ dom, to }) => save(driver, find(dom), to),
    domainSaveFlags({ dom, to, dxml, flags }) {
      checkFlags(flags, 0, "testDomainSaveFlags", ErrorDomain.TEST);
      refuseXml(dxml);
      return save(driver, find(dom), to);
    },
    domainRestore: ({ from }) => restore(driver, from),
    domainRestoreFlags({ from, dxml, flags }) {
      checkFlags(flags, 0, "testDomainRestoreFlags", ErrorDomain.TEST);
      refuseXml(dxml);
      return restore(driver, from);
    },
    async domainSaveImageGetXmlDesc({ file, flags }) {
      checkFlags(flags, 1, "testDomainSaveImageGetXMLDesc", ErrorDomain.TEST); // SECURE
      const def = readDefinition(await readImage(file));
      return { xml: formatDomain(def, { inactive: true, secure: flags !== 0 }) };
    },
    async domainSaveImageDefineXml({ file, dxml, flags }) {
      checkFlags(flags, RUNNING | PAUSED, "testDomainSaveImageDefineXML", ErrorDomain.TEST);
      await readImage(file);
      const xml = formatDomain(readDefinition(dxml), { inactive: true, secure: true });
      await writeFileOrSay(file, encodeImage(xml), `cannot write domain image '${file}'`);
    },
    domainManagedSave({ dom, flags }) {
      checkFlags(flags, BYPASS_CACHE | RUNNING | PAUSED, "testDomainManagedSave", ErrorDomain.TEST);
      const domain = find(dom);
      domain.requireActive();
      if (!domain.isPersistent) throw invalid("cannot do managed save for transient domain");
      end(driver, domain, "saved");
      setManagedSave(driver, domain, true);
    },
    domainHasManagedSaveImage({ dom, flags }) {
      checkFlags(flags, 0, "testDomainHasManagedSaveImage", ErrorDomain.TEST);
      return { result: find(dom).hasManagedSave ? 1 : 0 };
    },
    domainManagedSaveRemove({ dom, flags }) {
      checkFlags(flags, 0, "testDomainManagedSaveRemove", ErrorDomain.TEST);
      setManagedSave(driver, find(dom), false);
    },
    domainCoreDump({ dom, to, flags }) {
      checkFlags(flags, DomainCoreDumpFlags.CRASH, "testDomainCoreDumpWithFormat", ErrorDomain.TEST);
      return dump(driver, find(dom), to, flags);
    },
    domainCoreDumpWithFormat({ dom, to, dumpformat, flags }) {
      checkFlags(flags, DomainCoreDumpFlags.CRASH, "testDomainCoreDumpWithFormat", ErrorDomain.TEST);
      return dump(driver, find(dom), to, flags, dumpformat !== 0);
    },
  };
}

function refuseXml(dxml: string | null): void {
  if (dxml === null) return;
  throw new VirError(ErrorDomain.TEST, ErrorCode.ARGUMENT_UNSUPPORTED, "xml modification unsupported");
}

function setManagedSave({ domains }: TestDriver, domain: TestDomain, on: boolean): void {
  domain.hasManagedSave = on;
  domains.touch();
}

function end(driver: TestDriver, domain: TestDomain, how: "saved" | "crashed"): void {
  const state: Extract<State, { name: "shutoff" }> = { name: "shutoff", reason: how };
  endGuest(driver, domain, state);
  domain.announce({ event: "stopped", detail: how });
}

async function save(driver: TestDriver, domain: TestDomain, path: string): Promise<void> {
  domain.requireActive();
  const { id } = domain;
  const xml = formatDomain(domain.def, { secure: true });
  await writeFileOrSay(path, encodeImage(xml), `saving domain '${domain.name}' to '${path}': open failed`);
  if (domain.id === id) end(driver, domain, "saved");
}

async function restore(driver: TestDriver, path: string): Promise<void> {
  const def = readDefinition(await readImage(path));
  const known = findSame(driver, def);
  refuseActive(known);
  const domain = known ?? addDomain(driver, def, { isPersistent: false });
  bootGuest(driver, domain, { name: "running", reason: "restored" }, def);
  domain.announce({ event: "started", detail: "restored" });
}

async function dump(
  driver: TestDriver,
  domain: TestDomain,
  path: string,
  flags: number,
  isCompressed = false,
): Promise<void> {
  const { CRASH } = DomainCoreDumpFlags;
  domain.requireActive();
  if (isCompressed) {
    const detail = "kdump-compressed format is not supported here";
    throw new VirError(ErrorDomain.TEST, ErrorCode.OPERATION_UNSUPPORTED, detail);
  }
  const { id } = domain;
  await writeFileOrSay(path, [], `domain '${domain.name}' coredump: failed to open ${path}`);
  if ((flags & CRASH) !== 0 && domain.id === id) end(driver, domain, "crashed");
}
