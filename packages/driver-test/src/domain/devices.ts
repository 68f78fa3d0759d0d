import { DomainDeviceModifyFlags as Flag } from "@libvirt-ts/api";
import {
  type AnyDevice,
  type DomainDef,
  deviceListName,
  fillNewDevice,
  formatDomain,
  insertDevice,
  parseDevice,
  removeDevice,
} from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { affected, findByAlias, findDevice, findDomain, type RemoteHandlers } from "@libvirt-ts/hypervisor";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import { changeDomain } from "./change.ts";
import { nameInterfaces, readDefinition, reading } from "./definition.ts";
import { nameDevice } from "./device-alias.ts";

const IMPACT = Flag.LIVE | Flag.CONFIG;
type Kind = AnyDevice["kind"];

/** What can be plugged into a machine that runs. */
const plugs: ReadonlySet<Kind> = new Set([
  "disk",
  "controller",
  "lease",
  "filesystem",
  "interface",
  "serial",
  "parallel",
  "console",
  "channel",
  "input",
  "hostdev",
  "redirdev",
  "watchdog",
  "rng",
  "shmem",
  "memory",
  "vsock",
]);
/** What can become another one while it is there. */
const updates: ReadonlySet<Kind> = new Set(["disk", "interface", "graphics"]);

/**
 * Devices that come, change and go: in what runs, in what is defined, or in both.
 * differs: libvirt's test driver plugs host devices and changes disks, and lets go of devices by alias only
 */
export function deviceHandlers(driver: TestDriver): RemoteHandlers {
  const find = (dom: Parameters<typeof findDomain>[1]) => findDomain(driver, dom);
  return {
    domainAttachDevice: ({ dom, xml }) => attach(driver, find(dom), { xml, flags: Flag.LIVE }),
    domainAttachDeviceFlags({ dom, xml, flags }) {
      const domain = find(dom); // its absence is told first
      checkFlags(flags, IMPACT, "testDomainAttachDeviceLiveAndConfig", ErrorDomain.TEST);
      attach(driver, domain, { xml, flags });
    },
    domainUpdateDeviceFlags({ dom, xml, flags }) {
      checkFlags(flags, IMPACT | Flag.FORCE, "testDomainUpdateDeviceFlags", ErrorDomain.TEST);
      const each = parseDevice(xml, reading);
      if (!updates.has(each.kind)) throw unsupported(`live update of device '${each.kind}' is not supported`);
      changeDomain(find(dom), flags & IMPACT, (def) => update(def, each));
    },
    domainDetachDevice: ({ dom, xml }) => detach(driver, find(dom), { xml, flags: Flag.LIVE }),
    domainDetachDeviceFlags({ dom, xml, flags }) {
      const domain = find(dom);
      checkFlags(flags, IMPACT, "testDomainDetachDeviceLiveAndConfig", ErrorDomain.TEST);
      detach(driver, domain, { xml, flags });
    },
    domainDetachDeviceAlias({ dom, alias, flags }) {
      checkFlags(flags, IMPACT, "testDomainDetachDeviceAlias", ErrorDomain.TEST);
      takeOut(driver, find(dom), flags, ({ devices }) => {
        const found = findByAlias(devices, alias);
        if (found) return found;
        const detail = `no device found with alias ${alias}`;
        throw new VirError(ErrorDomain.DOMAIN, ErrorCode.DEVICE_MISSING, detail);
      });
    },
  };
}

interface DeviceCall {
  readonly xml: string;
  readonly flags: number;
}

const unsupported = (detail: string) =>
  new VirError(ErrorDomain.TEST, ErrorCode.OPERATION_UNSUPPORTED, detail);
const refused = (detail: string) => new VirError(ErrorDomain.TEST, ErrorCode.OPERATION_INVALID, detail);

function attach(driver: TestDriver, domain: TestDomain, { xml, flags }: DeviceCall): void {
  const { live } = affected(domain, flags);
  const each = parseDevice(xml, reading);
  if (!plugs.has(each.kind))
    throw unsupported(`${live ? "live" : "persistent"} attach of device '${each.kind}' is not supported`);
  // Filled in once: a card has the same address in both definitions.
  fillNewDevice(each, domain.def, reading);
  changeDomain(domain, flags, (def) => {
    if (isDrive(each, def)) update(def, each);
    else insert(def, structuredClone(each), live && def === domain.def);
  });
  if (!live) return;
  const alias = aliasOf(findDevice(domain.def.devices, each, ErrorDomain.TEST));
  if (alias !== undefined) driver.events.emit("deviceAdded", domain, { devAlias: alias });
}

/** Attaching to a drive that is there has always meant its medium. */
const isDrive = (each: AnyDevice, { devices }: DomainDef): boolean =>
  each.kind === "disk" &&
  (each.device.device === "cdrom" || each.device.device === "floppy") &&
  devices.disks.some(({ target }) => target.dev === each.device.target.dev);

function insert(def: DomainDef, each: AnyDevice, isLive: boolean): void {
  const { devices } = def;
  const held = devices[deviceListName(each.kind)];
  if (held !== undefined && !Array.isArray(held))
    throw refused(`the domain already has a ${each.kind} device`);
  if (each.kind === "disk" && devices.disks.some(({ target }) => target.dev === each.device.target.dev))
    throw refused(`target ${each.device.target.dev} already exists`);
  insertDevice(devices, each);
  nameInterfaces(def);
  if (isLive) nameDevice(devices, each);
  addNeeded(def);
}

/** Reads the definition anew, for its sense and for the controllers that a new device needs. */
function addNeeded(def: DomainDef): void {
  const { controllers } = def.devices;
  const { devices } = readDefinition(formatDomain(def, { inactive: true, secure: true }));
  for (const each of devices.controllers) {
    const isThere = controllers.some(({ type, index }) => type === each.type && index === each.index);
    if (!isThere) insertDevice(def.devices, { kind: "controller", device: each });
  }
}

/** The new one stands where the old one was, with its name and its place in the guest. */
function update({ devices }: DomainDef, each: AnyDevice): void {
  const { device: old } = findDevice(devices, each, ErrorDomain.TEST);
  const { alias, address } = old as { alias?: unknown; address?: unknown }; // leases have neither
  const kept = { ...(alias !== undefined && { alias }), ...(address !== undefined && { address }) };
  for (const key of Object.keys(old)) delete (old as Record<string, unknown>)[key]; // all of it is replaced
  const next = structuredClone(each.device);
  Object.assign(old, kept, next, alias !== undefined && { alias });
}

const detach = (driver: TestDriver, domain: TestDomain, { xml, flags }: DeviceCall): void => {
  const each = parseDevice(xml, reading);
  takeOut(driver, domain, flags, ({ devices }) => findDevice(devices, each, ErrorDomain.TEST));
};

/** @param which the device of a definition that goes */
function takeOut(
  driver: TestDriver,
  domain: TestDomain,
  flags: number,
  which: (def: DomainDef) => AnyDevice,
): void {
  const { live } = affected(domain, flags);
  const alias = live ? aliasOf(which(domain.def)) : undefined;
  changeDomain(domain, flags, (def) => removeDevice(def.devices, which(def)));
  if (alias !== undefined) driver.events.emit("deviceRemoved", domain, { devAlias: alias });
}

const aliasOf = ({ device }: AnyDevice): string | undefined => ("alias" in device ? device.alias : undefined);
