import {
  DomainGetHostnameFlags,
  DomainModificationImpact as Impact,
  IpAddrType,
  DomainInterfaceAddressesSource as Source,
} from "@libvirt-ts/api";
import type { Interface } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";
import { readFact } from "@libvirt-ts/host";
import { paramsReply, STRING_OKAY } from "@libvirt-ts/hypervisor";
import { typed, typedParams } from "@libvirt-ts/protocol";
import type { QemuDomain } from "../guest.ts";
import type { LeasedAddress } from "../process/networks.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { readTraffic, type Traffic, trafficOf } from "../stats/interface.ts";
import { affectedOne, findDomain, type RemoteHandlers } from "./common.ts";
import { agentError } from "./with-guest.ts";

/** Nobody can tell. */
const UNKNOWN = -1n;
const unknownTraffic: Traffic = {
  rxBytes: UNKNOWN,
  rxPackets: UNKNOWN,
  rxErrs: UNKNOWN,
  rxDrop: UNKNOWN,
  txBytes: UNKNOWN,
  txPackets: UNKNOWN,
  txErrs: UNKNOWN,
  txDrop: UNKNOWN,
};

/** Network cards: traffic, limits, addresses. */
export function interfaceHandlers(driver: QemuDriver): RemoteHandlers {
  return {
    async domainInterfaceStats({ dom, device }) {
      const domain = findDomain(driver, dom);
      domain.requireActive();
      const net = requireInterface(domain.def, device);
      if (net.target?.dev === undefined) throw internal(ErrorDomain.NONE, "Interface name not provided");
      return trafficOf(net, await readTraffic(driver.host.root)) ?? unknownTraffic;
    },
    domainGetInterfaceParameters({ dom, device, nparams, flags }) {
      const known = Impact.LIVE | Impact.CONFIG | STRING_OKAY;
      checkFlags(flags, known, "qemuDomainGetInterfaceParameters", ErrorDomain.QEMU);
      const { bandwidth } = requireInterface(affectedOne(findDomain(driver, dom), flags), device);
      const rate = (value: number | undefined) => typed.uint(value ?? 0);
      const params = typedParams({
        "inbound.average": rate(bandwidth?.inbound?.average),
        "inbound.peak": rate(bandwidth?.inbound?.peak),
        "inbound.burst": rate(bandwidth?.inbound?.burst),
        "inbound.floor": rate(bandwidth?.inbound?.floor),
        "outbound.average": rate(bandwidth?.outbound?.average),
        "outbound.peak": rate(bandwidth?.outbound?.peak),
        "outbound.burst": rate(bandwidth?.outbound?.burst),
      });
      return paramsReply(params, { nparams, flags });
    },
    async domainGetHostname({ dom, flags }) {
      const { LEASE, AGENT } = DomainGetHostnameFlags;
      checkFlags(flags, LEASE | AGENT, "qemuDomainGetHostname", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      domain.requireActive();
      if ((flags & LEASE) === 0) throw agentError(domain);
      const leases = (await networkLeases(driver, domain)).flatMap(({ leases }) => leases);
      const hostname = leases.find((lease) => lease.hostname !== undefined)?.hostname;
      if (hostname === undefined)
        throw new VirError(
          ErrorDomain.QEMU,
          ErrorCode.NO_HOSTNAME,
          `no hostname found for domain ${domain.name}`,
        );
      return { hostname };
    },
    async domainInterfaceAddresses({ dom, source, flags }) {
      checkFlags(flags, 0, "qemuDomainInterfaceAddresses", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      domain.requireActive();
      const read = addressSources[source];
      if (!read) {
        throw new VirError(
          ErrorDomain.QEMU,
          ErrorCode.ARGUMENT_UNSUPPORTED,
          `Unknown IP address data source ${source}`,
        );
      }
      return { ifaces: await read(driver, domain) };
    },
  };
}

/** The card a client names: by MAC address, or by its device in the host. */
function requireInterface({ devices }: QemuDomain["def"], name: string): Interface {
  const mac = name.toLowerCase();
  const net = devices.interfaces.find(({ mac: own, target }) => own?.address === mac || target?.dev === name);
  if (!net)
    throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, `'${name}' is not a known interface`);
  return net;
}

interface Addresses {
  name: string;
  hwaddr: string;
  addrs: { type: number; addr: string; prefix: number }[];
}

/** Where addresses of guests can be learnt. */
const addressSources: Readonly<
  Record<number, (driver: QemuDriver, domain: QemuDomain) => Promise<Addresses[]>>
> = {
  [Source.LEASE]: leasedAddresses,
  [Source.ARP]: neighbourAddresses,
  [Source.AGENT]: async (_driver, domain) => {
    throw agentError(domain);
  },
};

/** What the DHCP servers of the networks gave out; cards without a lease are left out. */
async function leasedAddresses(driver: QemuDriver, domain: QemuDomain): Promise<Addresses[]> {
  const cards = await networkLeases(driver, domain);
  return cards
    .filter(({ leases }) => leases.length > 0)
    .map(({ name, hwaddr, leases }) => {
      const addrs = leases.map(({ address, prefix, family }) => ({
        type: family === "ipv6" ? IpAddrType.IPV6 : IpAddrType.IPV4,
        addr: address,
        prefix,
      }));
      return { name, hwaddr, addrs };
    });
}

interface CardLeases {
  name: string;
  hwaddr: string;
  leases: LeasedAddress[];
}

/** The leases of each card that is in a network. */
function networkLeases({ networks }: QemuDriver, { def }: QemuDomain): Promise<CardLeases[]> {
  return Promise.all(
    def.devices.interfaces.flatMap((net) => {
      const network = net.type === "network" ? net.source?.network : undefined;
      const hwaddr = net.mac?.address;
      if (network === undefined || hwaddr === undefined) return [];
      const name = net.target?.dev ?? "";
      return [networks.leases(network, hwaddr).then((leases) => ({ name, hwaddr, leases }))];
    }),
  );
}

/** What the host has seen on its own wires. */
async function neighbourAddresses({ host }: QemuDriver, { def }: QemuDomain): Promise<Addresses[]> {
  const neighbours = parseNeighbours((await readFact(`${host.root}/proc/net/arp`)) ?? "");
  return def.devices.interfaces.flatMap((net) => {
    const hwaddr = net.mac?.address ?? "";
    const addrs = neighbours
      .filter(({ mac }) => mac === hwaddr)
      .map(({ address }) => ({ type: IpAddrType.IPV4 as number, addr: address, prefix: 0 }));
    return addrs.length === 0 ? [] : [{ name: net.target?.dev ?? "", hwaddr, addrs }];
  });
}

/** The complete entries of `/proc/net/arp`. */
export function parseNeighbours(text: string): { address: string; mac: string }[] {
  const COMPLETE = 0x2;
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [address, , flags, mac] = line.trim().split(/\s+/);
      if (address === undefined || mac === undefined || !(Number(flags) & COMPLETE)) return [];
      return [{ address, mac: mac.toLowerCase() }];
    });
}
