import { DomainDefineFlags, DomainUndefineFlags } from "@libvirt-ts/api";
import { type AnyDevice, type DomainDef, type ParseDomainOptions, readDomain } from "@libvirt-ts/conf/domain";
import { assertValid } from "@libvirt-ts/conf/schema";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { Domain, findDomain, findSame, type RemoteHandlers, wireDomain } from "@libvirt-ts/hypervisor";
import { parseXml, type XmlElement } from "@libvirt-ts/xml";
import { broken, invalid } from "../errors.ts";
import type { TestDomain, TestDriver } from "../test-driver.ts";

const { VALIDATE } = DomainDefineFlags;
const { MANAGED_SAVE, SNAPSHOTS_METADATA } = DomainUndefineFlags;

export function definitionHandlers(driver: TestDriver): RemoteHandlers {
  return {
    domainDefineXml: ({ xml }) => ({ dom: wireDomain(define(driver, xml)) }),
    domainDefineXmlFlags({ xml, flags }) {
      checkFlags(flags, VALIDATE, "testDomainDefineXMLFlags", ErrorDomain.TEST);
      if ((flags & VALIDATE) !== 0) assertValid(xml, "domain");
      return { dom: wireDomain(define(driver, xml)) };
    },
    domainUndefine: ({ dom }) => undefine(driver, findDomain(driver, dom)),
    domainUndefineFlags({ dom, flags }) {
      checkFlags(flags, MANAGED_SAVE | SNAPSHOTS_METADATA, "testDomainUndefineFlags", ErrorDomain.TEST);
      undefine(driver, findDomain(driver, dom), flags);
    },
    domainGetAutostart: ({ dom }) => ({ autostart: findDomain(driver, dom).autostart ? 1 : 0 }),
    domainSetAutostart({ dom, autostart }) {
      findDomain(driver, dom).autostart = autostart !== 0;
      driver.domains.touch();
    },
  };
}

/** How definitions are read, those in snapshots too. */
export const reading = {
  inactive: true,
  abiUpdate: true,
  hostArch: "i686",
  hooks: { device: chooseVideo },
} as const satisfies ParseDomainOptions;

/** A card of no particular kind. */
function chooseVideo(each: AnyDevice, { os }: DomainDef): void {
  if (each.kind !== "video" || each.device.model?.type !== "default") return;
  const { name, arch = "" } = os.type;
  if (name === "xen" || name === "linux") each.device.model.type = "xen";
  else each.device.model.type = /^ppc64(le)?$/.test(arch) ? "vga" : "cirrus";
}

/** What a user wrote, with what libvirt adds for any hypervisor. @throws VirError */
export const readDefinition = (xml: string): DomainDef =>
  readDefinitionTree(parseXml(xml, { errorDomain: ErrorDomain.DOMAIN }));

/** As `readDefinition`, from the `<domain>` element. */
export function readDefinitionTree(tree: XmlElement): DomainDef {
  const def = readDomain(tree, reading);
  nameInterfaces(def);
  return def;
}

const MAX_NAMES = 1024;

/** A name for each interface on the host, `testnetN`, that no other of this guest has. */
export function nameInterfaces({ devices: { interfaces } }: DomainDef): void {
  const taken = new Set(interfaces.map(({ target }) => target?.dev));
  for (const nic of interfaces) {
    if (nic.target?.dev !== undefined) continue;
    const free = Array.from({ length: MAX_NAMES }, (_, n) => `testnet${n}`).find((name) => !taken.has(name));
    if (free === undefined) throw broken(`Exceeded max iface limit ${MAX_NAMES}`);
    nic.target = { ...nic.target, dev: free };
    taken.add(free);
  }
}

export function addDomain(
  driver: TestDriver,
  def: DomainDef,
  { isPersistent }: { isPersistent: boolean },
): TestDomain {
  const domain: TestDomain = new Domain({ def, isPersistent, watcher: driver.watcher });
  driver.domains.add(domain);
  return domain;
}

function define(driver: TestDriver, xml: string): TestDomain {
  const def = readDefinition(xml);
  const known = findSame(driver, def);
  if (!known) {
    const domain = addDomain(driver, def, { isPersistent: true });
    domain.announce({ event: "defined", detail: "added" });
    return domain;
  }
  const isNew = !known.isPersistent;
  if (known.isActive) known.nextDef = def;
  else known.def = def;
  known.isPersistent = true;
  known.announce({ event: "defined", detail: isNew ? "added" : "updated" });
  return known;
}

function undefine(driver: TestDriver, domain: TestDomain, flags = 0): void {
  if (domain.hasManagedSave && (flags & MANAGED_SAVE) === 0)
    throw invalid("Refusing to undefine while domain managed save image exists");
  const { snapshots } = domain.momentCounts;
  if (!domain.isActive && snapshots > 0) {
    if ((flags & SNAPSHOTS_METADATA) === 0)
      throw invalid(`cannot delete inactive domain with ${snapshots} snapshots`);
    domain.snapshots.clear();
  }
  domain.hasManagedSave = false;
  domain.announce({ event: "undefined", detail: "removed" });
  domain.autostart = false;
  domain.isPersistent = false;
  domain.nextDef = undefined;
  if (!domain.isActive) driver.domains.remove(domain);
}
