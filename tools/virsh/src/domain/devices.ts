import { DomainDeviceModifyFlags, DomainModificationImpact, DomainXmlFlags } from "@libvirt-ts/api";
import { arg, doing, flag, ShellError, text } from "@libvirt-ts/cli";
import type { Domain } from "@libvirt-ts/client";
import { parseXml, type XmlElement } from "@libvirt-ts/xml";
import { command } from "../context.ts";
import { interfaceOf } from "../monitor/domain.ts";
import { readText } from "../support/files.ts";
import { findDomain } from "../support/lookup.ts";
import {
  type Affect,
  affect,
  affectPersistent,
  domain,
  exclusive,
  flagsOf,
  impactOf,
} from "../support/options.ts";
import { all, at, dumpElement } from "../support/xml.ts";

interface AffectPersistent extends Affect {
  readonly persistent: boolean;
}

/** `--persistent` is what is defined, and what runs if it does. */
export async function deviceFlags(domain: Domain, args: AffectPersistent): Promise<number> {
  exclusive({ persistent: args.persistent, current: args.current });
  const flags = impactOf(args);
  if (!args.persistent) return flags;
  const { CONFIG, LIVE } = DomainModificationImpact;
  return flags | CONFIG | ((await domain.isActive()) ? LIVE : 0);
}

/** Old drivers know the call without flags alone. */
export const attach = (domain: Domain, xml: string, flags: number, isPlain: boolean): Promise<unknown> =>
  flags === 0 && isPlain ? domain.attachDevice({ xml }) : domain.attachDeviceFlags({ xml, flags });
const detach = (domain: Domain, xml: string, flags: number, isPlain: boolean): Promise<unknown> =>
  flags === 0 && isPlain ? domain.detachDevice({ xml }) : domain.detachDeviceFlags({ xml, flags });

export const attachDevice = command("attach-device", {
  help: "give a domain a device",
  options: { domain, file: arg("file with the XML"), ...affectPersistent },
  async run(args, { connect, out }) {
    const { domain: name, file } = args;
    const domain = await findDomain(connect, name);
    const flags = await deviceFlags(domain, args);
    const xml = await readText(file);
    await doing(`Failed to attach device from ${file}`, attach(domain, xml, flags, !args.current));
    out.done("Device attached successfully");
  },
});

export const detachDevice = command("detach-device", {
  help: "take a device of a domain away",
  options: { domain, file: arg("file with the XML"), ...affectPersistent },
  async run(args, { connect, out }) {
    const { domain: name, file } = args;
    const domain = await findDomain(connect, name);
    const flags = await deviceFlags(domain, args);
    const xml = await readText(file);
    await doing(`Failed to detach device from ${file}`, detach(domain, xml, flags, !args.current));
    out.done("Device detached successfully");
  },
});

export const detachDeviceAlias = command("detach-device-alias", {
  help: "take the device of an alias away",
  options: { domain, alias: arg("alias of the device"), ...affect },
  async run(args, { connect, out }) {
    const { domain: name, alias } = args;
    const flags = impactOf(args);
    const domain = await findDomain(connect, name);
    await doing(`Failed to detach device with alias ${alias}`, domain.detachDeviceAlias({ alias, flags }));
    out.done("Device detach request sent successfully");
  },
});

export const updateDevice = command("update-device", {
  help: "change a device of a domain",
  options: { domain, file: arg("file with the XML"), ...affectPersistent, force: flag("take it over") },
  async run(args, { connect, out }) {
    const { domain: name, file, force } = args;
    const domain = await findDomain(connect, name);
    const flags = (await deviceFlags(domain, args)) | flagsOf([[force, DomainDeviceModifyFlags.FORCE]]);
    const xml = await readText(file);
    await doing(`Failed to update device from ${file}`, domain.updateDeviceFlags({ xml, flags }));
    out.done("Device updated successfully");
  },
});

export const detachDisk = command("detach-disk", {
  help: "take a disk of a domain away",
  options: {
    domain,
    target: arg("target of the disk"),
    ...affectPersistent,
    "print-xml": flag("show the XML, do nothing"),
  },
  async run(args, { connect, out }) {
    const { domain: name, target, printXml } = args;
    const domain = await findDomain(connect, name);
    const flags = await deviceFlags(domain, args);
    const xml = dumpElement(await diskOf(domain, target, isOfConfig(flags)), 2);
    if (printXml) {
      out.text(xml);
      return;
    }
    await doing("Failed to detach disk", detach(domain, xml, flags, !args.current));
    out.done("Disk detached successfully");
  },
});

/** The definition is what matters if it alone is changed. */
const isOfConfig = (flags: number): boolean => flags === DomainModificationImpact.CONFIG;

/** By target or source. @param kinds absent: any */
export async function diskOf(
  domain: Domain,
  path: string,
  inactive: boolean,
  kinds?: readonly string[],
): Promise<XmlElement> {
  const xml = parseXml(await domain.getXmlDesc({ flags: inactive ? DomainXmlFlags.INACTIVE : 0 }));
  const found = all(xml, "devices", "disk").find((disk) => {
    if (kinds !== undefined && !kinds.includes(disk.attrs.device ?? "disk")) return false;
    const { file, dev, dir, name } = at(disk, "source")?.attrs ?? {};
    return at(disk, "target")?.attrs.dev === path || [file, dev, dir, name].includes(path);
  });
  if (found === undefined) throw new ShellError(`No disk found whose source path or target is ${path}`);
  return found;
}
export const detachInterface = command("detach-interface", {
  help: "take an interface of a domain away",
  options: {
    domain,
    type: arg("network, bridge, direct, hostdev ..."),
    mac: text("MAC address"),
    ...affectPersistent,
    "print-xml": flag("show the XML, do nothing"),
  },
  async run(args, { connect, out }) {
    const { domain: name, type, mac, printXml } = args;
    const domain = await findDomain(connect, name);
    const flags = await deviceFlags(domain, args);
    const inactive = isOfConfig(flags) ? DomainXmlFlags.INACTIVE : 0;
    const definition = parseXml(await domain.getXmlDesc({ flags: inactive }));
    const xml = dumpElement(chosen(definition, type, mac), 2);
    if (printXml) {
      out.text(xml);
      return;
    }
    await doing("Failed to detach interface", detach(domain, xml, flags, !args.current));
    out.done("Interface detached successfully");
  },
});

/** The only interface of a type, or the one of that MAC address. */
function chosen(domain: XmlElement, type: string, mac: string | undefined): XmlElement {
  const ofType = all(domain, "devices", "interface").filter(({ attrs }) => attrs.type === type);
  const failed = (why: string) =>
    new ShellError(why, { cause: new ShellError("Failed to detach interface") });
  if (ofType.length === 0) throw failed(`No interface found whose type is ${type}`);
  if (mac === undefined) {
    const [only] = ofType;
    if (ofType.length === 1 && only !== undefined) return only;
    throw failed(`Domain has ${ofType.length} interfaces. Please specify which one to detach using --mac`);
  }
  const same = ofType.filter((each) => at(each, "mac")?.attrs.address?.toLowerCase() === mac.toLowerCase());
  const [found] = same;
  if (found === undefined) throw failed(`No interface with MAC address ${mac} was found`);
  if (same.length > 1)
    throw failed(
      `Multiple interfaces matching MAC address ${mac} found. You must use detach-device and specify the device pci address to remove it.`,
    );
  return found;
}
export const domifSetlink = command("domif-setlink", {
  help: "plug the cable of an interface in or out",
  options: {
    domain,
    interface: arg("device name or MAC of the interface"),
    state: arg("up or down"),
    config: flag("change what its next start uses"),
    "print-xml": flag("show the XML, do nothing"),
  },
  async run({ domain: name, interface: which, state, config, printXml }, { connect, out }) {
    if (state !== "up" && state !== "down") throw new ShellError(`invalid link state '${state}'`);
    const domain = await findDomain(connect, name);
    const { CONFIG, LIVE } = DomainModificationImpact;
    const active = await domain.isActive();
    const flags = config || !active ? CONFIG : LIVE;
    const definition = parseXml(await domain.getXmlDesc({ flags: config ? DomainXmlFlags.INACTIVE : 0 }));
    const found = interfaceOf(definition, which);
    if (found === undefined) throw new ShellError(`interface '${which}' not found`);
    const xml = linked(found, state);
    if (printXml) {
      out.text(xml);
      return;
    }
    await doing("Failed to update interface link state", domain.updateDeviceFlags({ xml, flags }));
    out.done("Device updated successfully");
  },
});

/** The interface with that state of its link. */
function linked(device: XmlElement, state: string): string {
  const link = at(device, "link");
  if (link === undefined)
    return dumpElement(device, 2).replace("    </interface>", `    <link state="${state}"/></interface>`);
  const children = device.children.map((child) => (child === link ? { ...link, attrs: { state } } : child));
  return dumpElement({ ...device, children }, 2);
}
export const changeMedia = command("change-media", {
  help: "change, insert or eject the medium of a drive",
  options: {
    domain,
    path: arg("target or source of the disk"),
    source: text("where it comes from"),
    eject: flag("take the medium out"),
    insert: flag("put the medium in"),
    update: flag("change the medium"),
    current: flag("of the state it is in"),
    live: flag("change it while it runs"),
    config: flag("change what its next start uses"),
    force: flag("take it over"),
    "print-xml": flag("show the XML, do nothing"),
    block: flag("its block devices"),
  },
  async run(args, { connect, out }) {
    const { domain: name, path, source, eject, insert, update, force, printXml, block } = args;
    exclusive({ eject, insert });
    exclusive({ eject, update });
    exclusive({ insert, update });
    exclusive({ eject, block });
    if (eject && source !== undefined) exclusive({ source, eject });
    const impact = impactOf(args);
    if ((insert || (!eject && !update)) && source === undefined && insert)
      throw new ShellError("No disk source specified for inserting");
    const domain = await findDomain(connect, name);
    const flags = impact | flagsOf([[force, DomainDeviceModifyFlags.FORCE]]);
    const disk = await diskOf(domain, path, isOfConfig(impact), ["cdrom", "floppy"]);
    const xml = dumpElement(withMedium(disk, path, { source, eject, insert, update, block }), 2);
    if (printXml) {
      out.text(xml);
      return;
    }
    const verb = eject ? "eject" : insert ? "insert" : "update";
    const failure = `Failed to complete action ${verb} on media`;
    await doing(failure, domain.updateDeviceFlags({ xml, flags }));
    out.done(`Successfully ${{ eject: "ejected", insert: "inserted", update: "updated" }[verb]} media.`);
  },
});

interface Medium {
  readonly source: string | undefined;
  readonly eject: boolean;
  readonly insert: boolean;
  readonly update: boolean;
  readonly block: boolean;
}

/** The drive with what is to lie in it. @throws ShellError if that makes no sense for what lies in it now */
function withMedium(disk: XmlElement, path: string, { source, eject, insert, block }: Medium): XmlElement {
  const current = at(disk, "source");
  const others = disk.children.filter((child) => child !== current);
  if (eject || source === undefined) {
    if (current === undefined) throw new ShellError(`The disk device '${path}' doesn't have media`);
    return { ...disk, children: others };
  }
  if (insert && current !== undefined) throw new ShellError(`The disk device '${path}' already has media`);
  const attrs = block ? { dev: source } : { file: source };
  const medium: XmlElement = { ...disk, name: "source", attrs, children: [], text: "", content: undefined };
  return { ...disk, attrs: { ...disk.attrs, type: block ? "block" : "file" }, children: [medium, ...others] };
}
