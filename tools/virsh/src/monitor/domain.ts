import { DomainXmlFlags, DomainInterfaceAddressesSource as Source } from "@libvirt-ts/api";
import { arg, doing, flag, ShellError, text } from "@libvirt-ts/cli";
import { parseXml, type XmlElement } from "@libvirt-ts/xml";
import { command } from "../context.ts";
import { isNoSupport } from "../support/errors.ts";
import { findDomain, isMac } from "../support/lookup.ts";
import { domain, yesNo } from "../support/options.ts";
import { stateText } from "../support/state.ts";
import { all, at } from "../support/xml.ts";

export const dominfo = command("dominfo", {
  help: "tell about a domain",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const domain = await findDomain(connect, name);
    out.field("Id:", domain.id === -1 ? "-" : String(domain.id));
    out.field("Name:", domain.name);
    out.field("UUID:", domain.uuidText);
    const osType = await domain.getOsType();
    out.field("OS Type:", osType);
    const info = await domain.getInfo();
    out.field("State:", stateText(info.state));
    out.field("CPU(s):", String(info.nrVirtCpu));
    if (info.cpuTime !== 0n) out.field("CPU time:", `${(Number(info.cpuTime) / 1e9).toFixed(1)}s`);
    const isLimited = info.maxMem !== 0xffff_ffff_ffff_ffffn;
    out.field("Max memory:", isLimited ? `${info.maxMem} KiB` : "no limit");
    out.field("Used memory:", `${info.memory} KiB`);
    out.field("Persistent:", await domain.isPersistent().then(yesNo, () => "unknown"));
    const autostart = await domain.getAutostart().catch(() => undefined); // such a driver has none
    if (autostart !== undefined) out.field("Autostart:", autostart ? "enable" : "disable");
    out.field("Managed save:", await domain.hasManagedSaveImage().then(yesNo, () => "unknown"));
    const model = await connect.nodeGetSecurityModel().catch((error: unknown) => {
      if (isNoSupport(error)) return undefined;
      throw error;
    });
    if (model === undefined || textOf(model.model) === "") return;
    out.field("Security model:", textOf(model.model));
    out.field("Security DOI:", textOf(model.doi));
    if (domain.id === -1) return;
    const { label, enforcing } = await domain.getSecurityLabel();
    const text = textOf(label);
    if (text !== "") out.field("Security label:", `${text} (${enforcing ? "enforcing" : "permissive"})`);
    const messages = await domain.getMessages().catch(() => []); // a newer call than the others
    messages.forEach((message, place) => {
      out.field(place === 0 ? "Messages:" : "", message);
    });
  },
});

/** Text that goes over the wire as numbers. */
const textOf = (chars: Uint8Array): string => Buffer.from(chars).toString().replace(/\0.*$/s, "");
export const domid = command("domid", {
  help: "tell the id of a domain",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const { id } = await findDomain(connect, name, { id: false });
    out.line(id === -1 ? "-" : String(id));
  },
});

export const domname = command("domname", {
  help: "tell the name of a domain",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    out.line((await findDomain(connect, name)).name);
  },
});

export const domuuid = command("domuuid", {
  help: "tell the UUID of a domain",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    out.line((await findDomain(connect, name)).uuidText);
  },
});

export const domcontrol = command("domcontrol", {
  help: "tell whether the hypervisor answers",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const { state, details, stateTime } = await (await findDomain(connect, name)).getControlInfo();
    const what = ["ok", "background job", "occupied", "error"][state] ?? "unknown";
    const why = ["", "unknown", "monitor failure", "internal (locking) error"][details] ?? "unknown";
    if (state === 0) out.line(what);
    else if (state === 3) out.line(`${what}: ${why}`);
    else out.line(`${what} (${(Number(stateTime) / 1000).toFixed(3)}s)`);
  },
});

export const domblkerror = command("domblkerror", {
  help: "tell which disks have failed",
  options: { domain },
  async run({ domain: name }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const errors = await domain.getDiskErrors({ maxerrors: 256 }); // as many as a reply may tell of
    if (errors.length === 0) out.line("No errors found");
    const kinds = ["no error", "unspecified error", "no space"];
    for (const { disk, error } of errors) out.line(`${disk}: ${kinds[error] ?? "unknown error"}`);
  },
});

export const domblklist = command("domblklist", {
  help: "show the disks of a domain",
  options: { domain, inactive: flag("those of its next start"), details: flag("with type and device") },
  async run({ domain: name, inactive, details }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const flags = inactive ? DomainXmlFlags.INACTIVE : 0;
    const rows = disksOf(parseXml(await domain.getXmlDesc({ flags }))).map(
      ({ type, device, target, source }) =>
        details ? [type, device, target, source ?? "-"] : [target, source ?? "-"],
    );
    out.table([...(details ? ["Type", "Device"] : []), "Target", "Source"], rows);
  },
});

/** Disks as they are listed. */
export function disksOf(domain: XmlElement) {
  return all(domain, "devices", "disk").map((disk) => {
    const source = at(disk, "source")?.attrs ?? {};
    return {
      type: disk.attrs.type ?? "",
      device: disk.attrs.device ?? "disk",
      target: at(disk, "target")?.attrs.dev ?? "",
      source: sourceOf(disk.attrs.type, source),
      isEmpty: at(disk, "source") === undefined,
    };
  });
}

/** What a disk of that type is made of, in one text. */
function sourceOf(type: string | undefined, source: Readonly<Record<string, string>>): string | undefined {
  if (type === "nvme") return undefined;
  if (type === "vhostuser") return source.path;
  return source.file ?? source.dev ?? source.dir ?? source.name ?? source.volume;
}
export const domifGetlink = command("domif-getlink", {
  help: "tell whether an interface of a domain is up",
  options: {
    domain,
    interface: arg("device name or MAC of the interface"),
    config: flag("what its next start uses"),
  },
  async run({ domain: name, interface: which, config }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const flags = config ? DomainXmlFlags.INACTIVE : 0;
    const found = interfaceOf(parseXml(await domain.getXmlDesc({ flags })), which);
    if (found === undefined) {
      const kind = isMac(which) ? "mac" : "dev";
      throw new ShellError(`Interface (${kind}: ${which}) not found.`);
    }
    out.text(`${which} ${at(found, "link")?.attrs.state ?? "up"}`);
  },
});

/** By MAC address or by name on the host. */
export function interfaceOf(domain: XmlElement, which: string): XmlElement | undefined {
  const mac = isMac(which) ? which.toLowerCase() : undefined;
  return all(domain, "devices", "interface").find((each) =>
    mac === undefined
      ? at(each, "target")?.attrs.dev === which
      : at(each, "mac")?.attrs.address?.toLowerCase() === mac,
  );
}
export const domifaddr = command("domifaddr", {
  help: "show the addresses of a running domain",
  options: {
    domain,
    interface: text("device name or MAC of the interface"),
    full: flag("repeat name and MAC in every row"),
    source: text("lease, agent or arp"),
  },
  async run({ domain: name, interface: only, full, source: from = "lease" }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const source = { lease: Source.LEASE, agent: Source.AGENT, arp: Source.ARP }[from];
    if (source === undefined) throw new ShellError(`Unknown data source '${from}'`);
    const found = await doing(
      `Failed to query for interfaces addresses`,
      domain.interfaceAddresses({ source }),
    );
    const row = (cells: readonly string[]) => {
      const [interfaceName = "", mac = "", protocol = "", address = ""] = cells;
      return ` ${interfaceName.padEnd(10)} ${mac.padEnd(20)} ${protocol.padEnd(8)}     ${address}`;
    };
    const rows = found
      .filter(({ name: each }) => only === undefined || each === only)
      .flatMap(({ name: each, hwaddr, addrs }) => {
        const mac = hwaddr ?? "";
        if (addrs.length === 0) return [[each, mac || "N/A", "N/A", "N/A"]];
        return addrs.map(({ type, addr, prefix }, place) => {
          const names = full || place === 0 ? [each, mac || "N/A"] : ["-", "-"];
          return [...names, type === 1 ? "ipv6" : "ipv4", `${addr}/${prefix}`];
        });
      });
    if (out.isJson) {
      out.table(["Name", "MAC address", "Protocol", "Address"], rows);
      return;
    }
    const header = row(["Name", "MAC address", "Protocol", "Address"]);
    out.extra(`${header}\n${"-".repeat(79)}\n`);
    for (const each of rows) out.line(row(each));
  },
});

export const domiflist = command("domiflist", {
  help: "show the interfaces of a domain",
  options: { domain, inactive: flag("those of its next start") },
  async run({ domain: name, inactive }, { connect, out }) {
    const domain = await findDomain(connect, name);
    const flags = inactive ? DomainXmlFlags.INACTIVE : 0;
    const rows = all(parseXml(await domain.getXmlDesc({ flags })), "devices", "interface").map((each) => {
      const source = at(each, "source")?.attrs ?? {};
      return [
        at(each, "target")?.attrs.dev ?? "-",
        each.attrs.type ?? "",
        source.bridge ?? source.dev ?? source.network ?? source.name ?? "-",
        at(each, "model")?.attrs.type ?? "-",
        at(each, "mac")?.attrs.address ?? "-",
      ];
    });
    out.table(["Interface", "Type", "Source", "Model", "MAC"], rows);
  },
});
