import { DomainDeviceModifyFlags as Flag } from "@libvirt-ts/api";
import {
  type AnyDevice,
  type DomainDef,
  domainDefCopy,
  formatDomain,
  insertDevice,
  parseDevice,
  removeDevice,
} from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { findByAlias, findDevice } from "@libvirt-ts/hypervisor";
import type { QemuDomain } from "../guest.ts";
import { runningGuest } from "../process/cpus.ts";
import { readDefinition } from "../process/definition.ts";
import { changeMedium, medium } from "../process/medium.ts";
import { type Plugging, plugDevice, unpluggable } from "../process/plug.ts";
import { unplugDevice } from "../process/unplug.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { affected, findDomain, type RemoteHandlers } from "./common.ts";
import { saveConfig } from "./define.ts";
import { updateDisplay } from "./update-display.ts";

const IMPACT = Flag.LIVE | Flag.CONFIG;

/** Devices that come, change and go: in what runs, in what is defined, or in both. */
export function deviceHandlers(driver: QemuDriver): RemoteHandlers {
  const attach = (call: DeviceCall) => change(driver, call, { config: insertNew, live: plugIn });
  const detach = (call: DeviceCall) => change(driver, call, { config: takeOut, live: unplug });
  return {
    domainAttachDevice: ({ dom, xml }) =>
      attach({ dom, xml, flags: Flag.LIVE, api: "virDomainAttachDevice" }),
    domainAttachDeviceFlags({ dom, xml, flags }) {
      findDomain(driver, dom); // its absence is told first
      checkFlags(flags, IMPACT, "qemuDomainAttachDeviceLiveAndConfig", ErrorDomain.QEMU);
      return attach({ dom, xml, flags, api: "virDomainAttachDeviceFlags" });
    },
    domainDetachDevice: ({ dom, xml }) =>
      detach({ dom, xml, flags: Flag.LIVE, api: "virDomainDetachDevice" }),
    domainDetachDeviceFlags({ dom, xml, flags }) {
      findDomain(driver, dom);
      checkFlags(flags, IMPACT, "qemuDomainDetachDeviceLiveAndConfig", ErrorDomain.QEMU);
      return detach({ dom, xml, flags, api: "virDomainDetachDeviceFlags" });
    },
    domainUpdateDeviceFlags({ dom, xml, flags }) {
      checkFlags(flags, IMPACT | Flag.FORCE, "qemuDomainUpdateDeviceFlags", ErrorDomain.QEMU);
      const force = (flags & Flag.FORCE) !== 0;
      return change(
        driver,
        { dom, xml, flags, api: "virDomainUpdateDeviceFlags" },
        { config: replace, live: (plugging, each) => update(plugging, each, force) },
      );
    },
    async domainDetachDeviceAlias({ dom, alias, flags }) {
      const domain = findDomain(driver, dom);
      checkFlags(flags, IMPACT, "qemuDomainDetachDeviceAlias", ErrorDomain.QEMU);
      const named = ({ devices }: DomainDef) => {
        const found = findByAlias(devices, alias);
        if (!found) throw missing(`no device found with alias ${alias}`);
        return found;
      };
      await changeBoth(driver, domain, {
        flags,
        api: "virDomainDetachDeviceAlias",
        config: (def) => removeDevice(def.devices, named(def)),
        live: (plugging) => unplugDevice(plugging, named(plugging.domain.def)),
      });
    },
  };
}

interface DeviceCall {
  dom: Parameters<typeof findDomain>[1];
  xml: string;
  flags: number;
  api: string;
}

interface DeviceChange {
  /** In a copy of a definition that does not run. */
  config(def: DomainDef, each: AnyDevice): void;
  live(plugging: Plugging, each: AnyDevice): Promise<void>;
}

/** Each definition gets a device of its own: filling in differs. */
function change(driver: QemuDriver, { dom, xml, flags, api }: DeviceCall, how: DeviceChange): Promise<void> {
  return changeBoth(driver, findDomain(driver, dom), {
    flags,
    api,
    config: (def) => how.config(def, parseDevice(xml, { inactive: true })),
    live: (plugging) => how.live(plugging, parseDevice(xml, { inactive: true })),
  });
}

interface Both {
  flags: number;
  api: string;
  config(def: DomainDef): void;
  live(plugging: Plugging): Promise<void>;
}

/** What runs changes last: the new definition is known to make sense then, and is put on disk when all went well. */
async function changeBoth(
  driver: QemuDriver,
  domain: QemuDomain,
  { flags, api, config, live }: Both,
): Promise<void> {
  await domain.jobs.run("modify", { api }, async () => {
    const where = affected(domain, flags);
    const next = where.config && domain.config ? await changed(driver, domain.config, config) : undefined;
    if (where.live) await live({ driver, domain, guest: runningGuest(domain) });
    if (next) domain.configure(await saveConfig(driver, next));
  });
}

/** A definition with a change, read anew: what a new device needs comes with it. */
async function changed(
  driver: QemuDriver,
  def: DomainDef,
  make: (copy: DomainDef) => void,
): Promise<DomainDef> {
  const copy = domainDefCopy(def);
  make(copy);
  const text = formatDomain(copy, { inactive: true, secure: true });
  return readDefinition(driver, text, { inactive: true, abiUpdate: true });
}

const missing = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.DEVICE_MISSING, detail);

function insertNew({ devices }: DomainDef, each: AnyDevice): void {
  if (each.kind === "disk" && devices.disks.some(({ target }) => target.dev === each.device.target.dev))
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.OPERATION_INVALID,
      `target ${each.device.target.dev} already exists`,
    );
  insertDevice(devices, each);
}

const takeOut = ({ devices }: DomainDef, each: AnyDevice): void =>
  removeDevice(devices, findDevice(devices, each, ErrorDomain.QEMU));

/** The new one stands where the old one was, with its place in the guest. */
function replace({ devices }: DomainDef, each: AnyDevice): void {
  const old = findDevice(devices, each, ErrorDomain.QEMU);
  if (each.kind !== "disk" && each.kind !== "interface" && each.kind !== "graphics")
    throw unpluggable(`persistent update of device '${each.kind}' is not supported`);
  const { device } = old;
  const kept =
    "address" in device && "address" in each.device ? { address: each.device.address ?? device.address } : {};
  for (const key of Object.keys(device)) delete (device as Record<string, unknown>)[key]; // all of it is replaced
  Object.assign(device, each.device, kept);
}

async function plugIn(plugging: Plugging, each: AnyDevice): Promise<void> {
  const { disks } = plugging.domain.def.devices;
  const drive =
    each.kind === "disk" && each.device.device === "cdrom"
      ? disks.find(({ target }) => target.dev === each.device.target.dev)
      : undefined;
  // Attaching to a drive that is there has always meant its medium.
  if (drive) await update(plugging, each, false);
  else await plugDevice(plugging, each);
}

const unplug = (plugging: Plugging, each: AnyDevice): Promise<void> =>
  unplugDevice(plugging, findDevice(plugging.domain.def.devices, each, ErrorDomain.QEMU));

/** What can be changed while it runs: the medium of a drive, the link of a card, the password of a display. */
async function update(plugging: Plugging, each: AnyDevice, force: boolean): Promise<void> {
  const { driver, domain, guest } = plugging;
  if (each.kind === "graphics") return updateDisplay(plugging, each.device);
  const old = findDevice(domain.def.devices, each, ErrorDomain.QEMU);
  if (old.kind === "disk" && each.kind === "disk") {
    const { device } = old.device;
    if (device !== "cdrom" && device !== "floppy")
      throw unpluggable(`disk device type '${device ?? "disk"}' cannot be updated`);
    const isSame = JSON.stringify(medium(old.device).source) === JSON.stringify(medium(each.device).source);
    if (!isSame) await changeMedium(plugging, old.device, { next: each.device, force });
    return;
  }
  if (old.kind === "interface" && each.kind === "interface") {
    const { link } = each.device;
    await guest.monitor.setLink(old.device.alias ?? "", link !== "down");
    old.device.link = link;
    driver.status.save(domain);
    return;
  }
  throw unpluggable(`live update of device '${each.kind}' is not supported`);
}
