import type { Hostdev, Interface } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { optionText } from "../command/text.ts";
import type { Props } from "../command/types.ts";
import { addressProps } from "./address-props.ts";
import { bootIndexOf, loadparmOf } from "./boot-index.ts";
import { chardevParts } from "./chardev.ts";
import { aliasOf, type DeviceContext, devicePart, optionPart, type Part } from "./parts.ts";
import { romProps } from "./rom.ts";
import { virtioProps } from "./virtio.ts";

const unsupported = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);

/** What an interface really is once its network has been asked. */
export const actualType = (net: Interface): Interface["type"] => net.actual?.type ?? net.type;

const isVirtio = (net: Interface) => net.model === "virtio" || net.model?.startsWith("virtio-") === true;

/** Host end and device of a network card; nothing for one that is a host device. */
export function netParts(net: Interface, context: DeviceContext): Part[] {
  const alias = aliasOf(net);
  const type = actualType(net);
  if (type === "hostdev") return [];
  const parts: Part[] = [];
  const netdev = `host${alias}`;
  const { props, queues } = hostProps(net, alias, parts, context);
  parts.push({ kind: "netdev", props: { ...props, id: netdev } });
  parts.push(
    isOnBoard(net, context) ? boardNic(net, netdev) : devicePart(netDevice(net, netdev, queues, context)),
  );
  return parts;
}

/** Cards of Arm boards that have their place on the board only find it by the legacy option. */
function isOnBoard({ address, model }: Interface, { def }: DeviceContext): boolean {
  const { arch = "" } = def.os.type;
  if (arch !== "aarch64" && !arch.startsWith("armv")) return false;
  return address?.type !== "pci" && address?.type !== "virtio-mmio" && model !== "usb-net";
}

const boardNic = (net: Interface, netdev: string): Part =>
  optionPart(
    "-net",
    optionText("nic", [
      ["macaddr", net.mac?.address],
      ["netdev", netdev],
      ["model", net.model],
      ["id", net.alias],
    ]),
  );

function hostProps(
  net: Interface,
  alias: string,
  parts: Part[],
  context: DeviceContext,
): { props: Props; queues: number } {
  const { resources, fds, paths } = context;
  const type = actualType(net);
  const own = net.driver?.queues ?? 1;
  switch (type) {
    case "network":
    case "bridge":
    case "direct":
    case "ethernet": {
      const tap = resources.tap(alias);
      const vhost = tap.vhostFds;
      for (const fd of [...tap.fds, ...vhost]) fds.use(fd);
      const props: Props = {
        type: "tap",
        ...(tap.fds.length === 1 ? { fd: String(tap.fds[0]) } : { fds: tap.fds.join(":") }),
        ...(vhost.length === 0 ? {} : { vhost: true }),
        ...(vhost.length === 1 ? { vhostfd: String(vhost[0]) } : {}),
        ...(vhost.length > 1 ? { vhostfds: vhost.join(":") } : {}),
        sndbuf: net.sndbuf,
      };
      return { props, queues: tap.fds.length };
    }
    case "user":
      return { props: userProps(net, alias, context), queues: 1 };
    case "vhostuser": {
      const chardev = `char${alias}`;
      if (net.backend?.type === "passt") {
        const path = passtSocket(paths.passt, alias, context);
        parts.push(
          ...chardevParts(
            chardev,
            {
              type: "unix",
              source: { mode: "connect", path, reconnect: { enabled: true, timeout: 5 }, seclabels: [] },
            },
            context,
          ),
        );
      } else if (net.type === "vhostuser") {
        const { path, mode, reconnect } = net.source ?? {};
        if (mode === "server") {
          parts.push({
            kind: "chardev",
            id: chardev,
            backend: "socket",
            options: [
              ["path", path],
              ["server", true],
            ],
          });
        } else
          parts.push(
            ...chardevParts(
              chardev,
              { type: "unix", source: { mode: "connect", path, reconnect, seclabels: [] } },
              context,
            ),
          );
      }
      return { props: { type: "vhost-user", chardev, queues: own > 1 ? own : undefined }, queues: own };
    }
    case "server":
    case "client":
    case "mcast":
    case "udp":
      return { props: socketProps(net), queues: 1 };
    case "vdpa": {
      const set = fds.set(resources.device(alias, "vdpa"), `${alias}-vdpa`);
      parts.push(set.part);
      return {
        props: { type: "vhost-vdpa", vhostdev: set.path, queues: own > 1 ? own : undefined },
        queues: own,
      };
    }
    default:
      throw unsupported(`network interface type '${type}' is not supported by QEMU`);
  }
}

const passtSocket = (dir: string, alias: string, { id, def }: DeviceContext) =>
  `${dir}/${id}-${(def.name ?? "").slice(0, 20)}-${alias}.socket`;

function userProps(net: Interface, alias: string, context: DeviceContext): Props {
  if (net.backend?.type === "passt") {
    const path = passtSocket(context.paths.passt, alias, context);
    return {
      type: "stream",
      addr: { type: "unix", path },
      server: false,
      ...reconnect(context),
    };
  }
  const v4 = net.ips.find((ip) => ip.family === "ipv4");
  const v6 = net.ips.find((ip) => ip.family === "ipv6");
  return {
    type: "user",
    net: v4 === undefined ? undefined : `${v4.address}${v4.prefix ? `/${v4.prefix}` : ""}`,
    "ipv6-prefix": v6?.address,
    "ipv6-prefixlen": v6?.prefix || undefined,
  };
}

const reconnect = ({ caps }: DeviceContext): Props => {
  if (caps.flags.has("netdev-stream-reconnect-miliseconds")) return { "reconnect-ms": 5000 };
  return caps.flags.has("netdev.stream.reconnect") ? { reconnect: 5 } : {};
};

function socketProps(net: Interface): Props {
  switch (net.type) {
    case "client":
      return { type: "socket", connect: `${net.source?.address ?? ""}:${net.source?.port}` };
    case "server":
      return { type: "socket", listen: `${net.source?.address ?? ""}:${net.source?.port}` };
    case "mcast":
      return { type: "socket", mcast: `${net.source?.address ?? ""}:${net.source?.port}` };
    case "udp":
      return {
        type: "socket",
        udp: `${net.source?.address ?? ""}:${net.source?.port}`,
        localaddr: `${net.source?.local?.address ?? ""}:${net.source?.local?.port}`,
      };
    default:
      return {};
  }
}

/** The `-device` of a card. `queues`: pairs the host end has. */
export function netDevice(net: Interface, netdev: string, queues: number, context: DeviceContext): Props {
  const { def } = context;
  const virtio = isVirtio(net);
  const { driver } = net;
  const multiqueue = virtio && queues > 1;
  // A ccw device has no vectors; a PCI one needs two for each pair, one for control and one for configuration.
  const vectors = multiqueue && net.address?.type !== "ccw" ? 2 * queues + 2 : undefined;
  const off = (value: boolean | undefined) => value;
  return {
    ...(virtio
      ? {
          ...virtioProps("virtio-net", net),
          tx: driver?.txmode === undefined ? undefined : driver.txmode === "iothread" ? "bh" : "timer",
          ioeventfd: driver?.ioeventfd,
          event_idx: driver?.eventIdx,
          csum: off(driver?.host?.csum),
          gso: driver?.host?.gso,
          host_tso4: driver?.host?.tso4,
          host_tso6: driver?.host?.tso6,
          host_ecn: driver?.host?.ecn,
          host_ufo: driver?.host?.ufo,
          mrg_rxbuf: driver?.host?.mrgRxbuf,
          guest_csum: driver?.guest?.csum,
          guest_tso4: driver?.guest?.tso4,
          guest_tso6: driver?.guest?.tso6,
          guest_ecn: driver?.guest?.ecn,
          guest_ufo: driver?.guest?.ufo,
          mq: multiqueue ? true : undefined,
          vectors,
          rx_queue_size: driver?.rxQueueSize || undefined,
          tx_queue_size: driver?.txQueueSize || undefined,
          host_mtu: net.mtu || undefined,
          failover: net.teaming?.type === "persistent" ? true : undefined,
          rss: driver?.rss,
          hash: driver?.rssHashReport,
        }
      : { driver: net.model === undefined || net.model === "" ? "rtl8139" : net.model }),
    netdev,
    id: aliasOf(net),
    mac: net.mac?.address,
    bootindex: bootIndexOf(net, context),
    loadparm: loadparmOf(net, context),
    ...addressProps(def, net),
    ...romProps(net.rom),
  };
}

/** The device of the host that a card hands through: named by the guest, or given by its network. */
export function hostAddress(net: Interface) {
  const { actual } = net;
  if (actual?.type === "hostdev") return actual.source?.address;
  return net.type === "hostdev" ? net.source?.address : undefined;
}

/** The device of the host a network card stands for. */
export function hostdevOfNet(net: Interface): Hostdev {
  const { alias, address, boot, rom, acpiIndex, teaming } = net;
  const common = {
    mode: "subsystem" as const,
    managed: net.actual?.managed ?? net.managed,
    alias,
    address,
    boot,
    rom,
    acpiIndex,
    teaming,
  };
  const source = hostAddress(net);
  if (source?.type === "usb") return { ...common, type: "usb", source: {} };
  return { ...common, type: "pci", source: source ? { address: source } : {} };
}
