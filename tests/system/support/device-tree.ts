import type { parseDomain } from "@libvirt-ts/conf/domain";
import { qemu, remote } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { parseXml, type XmlElement } from "@libvirt-ts/xml";

const START_PAUSED = 1;
type Dom = Parameters<typeof parseDomain>[0] extends never
  ? never
  : { name: string; uuid: Uint8Array; id: number };

/** A connection to virtqemud for guests that only have to exist. */
export class Devices {
  readonly #client: RpcClient;

  private constructor(client: RpcClient) {
    this.#client = client;
  }

  static async open(socket: string): Promise<Devices> {
    const client = await RpcClient.connect(socket);
    await client.call(remote.procs.authList, undefined);
    await client.call(remote.procs.connectOpen, { name: "qemu:///system", flags: 0 });
    return new Devices(client);
  }

  close(): void {
    this.#client.close();
  }

  /** Starts a guest with its CPUs stopped, looks at it, ends it. */
  async look<T>(xml: string, look: (guest: LiveGuest) => Promise<T>): Promise<T> {
    const { dom } = await this.#client.call(remote.procs.domainCreateXml, {
      xmlDesc: xml,
      flags: START_PAUSED,
    });
    try {
      const live = await this.#client.call(remote.procs.domainGetXmlDesc, { dom, flags: 0 });
      return await look(new LiveGuest(this.#client, dom, parseXml(live.xml)));
    } finally {
      await this.#client.call(remote.procs.domainDestroy, { dom });
    }
  }
}

/** A running guest as we tell of it, and as its QEMU does. */
export class LiveGuest {
  readonly #client: RpcClient;
  readonly #dom: Dom;
  readonly xml: XmlElement;

  constructor(client: RpcClient, dom: Dom, xml: XmlElement) {
    this.#client = client;
    this.#dom = dom;
    this.xml = xml;
  }

  /** Runs a QMP command. @returns what it returned. @throws Error with QEMU's words */
  async qmp(execute: string, args?: object): Promise<unknown> {
    const cmd = JSON.stringify({ execute, ...(args && { arguments: args }) });
    const { result } = await this.#client.call(qemu.procs.domainMonitorCommand, {
      dom: this.#dom,
      cmd,
      flags: 0,
    });
    const reply = JSON.parse(result) as { return?: unknown; error?: { desc: string } }; // QMP's two answers
    if (reply.error) throw new Error(`${execute}: ${reply.error.desc}`);
    return reply.return;
  }

  /** Devices by their ids, with the types QEMU made of them. */
  async peripherals(): Promise<Map<string, string>> {
    const list = (await this.qmp("qom-list", { path: "/machine/peripheral" })) as {
      name: string;
      type: string;
    }[]; // QMP
    return new Map(
      list.filter(({ type }) => type.startsWith("child<")).map(({ name, type }) => [name, type.slice(6, -1)]),
    );
  }

  /** PCI devices by their ids: `BUS 02.1`, the bus by the id of what it is behind (`` for the root). */
  async pciPlaces(): Promise<Map<string, string>> {
    const places = new Map<string, string>();
    const walk = (devices: readonly PciDevice[], behind: string) => {
      for (const { qdev_id: id, slot, function: fn, pci_bridge: bridge } of devices) {
        if (id !== "") places.set(id, `${behind} ${slot}.${fn}`);
        if (bridge?.devices) walk(bridge.devices, id);
      }
    };
    const buses = (await this.qmp("query-pci")) as { devices: PciDevice[] }[]; // QMP
    for (const { devices } of buses) walk(devices, "");
    return places;
  }

  /** Images by the ids of the disks that show them. */
  async images(): Promise<Map<string, string | undefined>> {
    const list = (await this.qmp("query-block")) as { qdev?: string; inserted?: { file: string } }[]; // QMP
    return new Map(list.map(({ qdev = "", inserted }) => [idOf(qdev), inserted?.file]));
  }

  async chardevs(): Promise<Set<string>> {
    const list = (await this.qmp("query-chardev")) as { label: string }[]; // QMP
    return new Set(list.map(({ label }) => label));
  }
}

interface PciDevice {
  qdev_id: string;
  slot: number;
  function: number;
  pci_bridge?: { devices?: PciDevice[] };
}

/** `/machine/peripheral/virtio-disk0/virtio-backend` is about `virtio-disk0`. */
const idOf = (path: string) => /^\/machine\/peripheral\/([^/]+)/.exec(path)?.[1] ?? path;

const find = (element: XmlElement, name: string) => element.children.find((child) => child.name === name);

/** Devices of a live definition, by alias. */
export function devicesOf(xml: XmlElement): Map<string, XmlElement> {
  const all = find(xml, "devices")?.children ?? [];
  // The parts of a USB 2 controller share one: the first is the one QEMU knows by it.
  return new Map(
    all.toReversed().flatMap((device): [string, XmlElement][] => {
      const alias = find(device, "alias")?.attrs.name;
      return alias === undefined ? [] : [[alias, device]];
    }),
  );
}

/** Where a definition says that its PCI devices are, in the words of `pciPlaces`. */
export function statedPlaces(xml: XmlElement): Map<string, string> {
  const devices = devicesOf(xml);
  const buses = new Map<string, string>();
  for (const [alias, { name, attrs }] of devices)
    if (name === "controller" && attrs.type === "pci")
      buses.set(attrs.index ?? "", attrs.index === "0" ? "" : alias);
  const places = new Map<string, string>();
  for (const [alias, device] of devices) {
    const { type, bus = "", slot = "", function: fn = "" } = find(device, "address")?.attrs ?? {};
    if (type === "pci")
      places.set(alias, `${buses.get(String(Number(bus))) ?? "?"} ${Number(slot)}.${Number(fn)}`);
  }
  return places;
}

/** Images a definition shows, by the aliases of their disks. */
export function statedImages(xml: XmlElement): Map<string, string | undefined> {
  const images = new Map<string, string | undefined>();
  for (const [alias, device] of devicesOf(xml))
    if (device.name === "disk") images.set(alias, find(device, "source")?.attrs.file);
  return images;
}
