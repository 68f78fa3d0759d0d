import {
  DomainModificationImpact as Impact,
  IpAddrType,
  DomainInterfaceAddressesSource as Source,
} from "@libvirt-ts/api";
import type { DomainDef, Interface } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { findDomain, paramsReply, type RemoteHandlers, STRING_OKAY } from "@libvirt-ts/hypervisor";
import { readTypedParams, typed, typedParams } from "@libvirt-ts/protocol";
import type { TestDriver } from "../test-driver.ts";
import { changeDomain, definitionOf } from "./change.ts";
import { growing } from "./growing.ts";

const IMPACT = Impact.LIVE | Impact.CONFIG;
const rateTypes = {
  "inbound.average": "uint",
  "inbound.peak": "uint",
  "inbound.burst": "uint",
  "inbound.floor": "uint",
  "outbound.average": "uint",
  "outbound.peak": "uint",
  "outbound.burst": "uint",
} as const;
type Rates = { [K in keyof typeof rateTypes]?: number };

const sources: readonly number[] = [Source.LEASE, Source.AGENT, Source.ARP];
const PREFIX = 24;
/** Addresses of the default network begin here; each guest has twenty. */
const FIRST = 2;
const ADDRESSES_A_GUEST = 20;

/** Network cards: traffic, limits, addresses. */
export function domainInterfaceHandlers(driver: TestDriver): RemoteHandlers {
  const find = (dom: Parameters<typeof findDomain>[1]) => findDomain(driver, dom);
  return {
    domainInterfaceStats({ dom, device }) {
      const domain = find(dom);
      domain.requireActive();
      requireInterface(domain.def, device);
      const { us, seconds } = growing(driver);
      return {
        rxBytes: us / 10n,
        rxPackets: us / 100n,
        rxErrs: seconds,
        rxDrop: seconds / 2n,
        txBytes: us / 20n,
        txPackets: us / 110n,
        txErrs: seconds / 3n,
        txDrop: seconds / 4n,
      };
    },
    domainGetInterfaceParameters({ dom, device, nparams, flags }) {
      checkFlags(flags, IMPACT | STRING_OKAY, "testDomainGetInterfaceParameters", ErrorDomain.TEST);
      // how many there are is told without a look at the domain
      const card = nparams === 0 ? undefined : requireInterface(definitionOf(find(dom), flags), device);
      const { inbound, outbound } = card?.bandwidth ?? {};
      const rate = (value: number | undefined) => typed.uint(value ?? 0);
      const params = typedParams({
        "inbound.average": rate(inbound?.average),
        "inbound.peak": rate(inbound?.peak),
        "inbound.burst": rate(inbound?.burst),
        "inbound.floor": rate(inbound?.floor),
        "outbound.average": rate(outbound?.average),
        "outbound.peak": rate(outbound?.peak),
        "outbound.burst": rate(outbound?.burst),
      });
      return paramsReply(params, { nparams, flags });
    },
    domainSetInterfaceParameters({ dom, device, params, flags }) {
      checkFlags(flags, IMPACT, "testDomainSetInterfaceParameters", ErrorDomain.TEST);
      const rates = readTypedParams(params, rateTypes);
      changeDomain(find(dom), flags, (def) => setRates(requireInterface(def, device), rates));
    },
    domainInterfaceAddresses({ dom, source, flags }) {
      checkFlags(flags, 0, "testDomainInterfaceAddresses", ErrorDomain.TEST);
      const domain = find(dom);
      if (!sources.includes(source)) {
        const detail = `Unknown IP address data source ${source}`;
        throw new VirError(ErrorDomain.TEST, ErrorCode.ARGUMENT_UNSUPPORTED, detail);
      }
      domain.requireActive();
      const ifaces = domain.def.devices.interfaces.map((net, at) => {
        const host = FIRST + ADDRESSES_A_GUEST * (domain.id - 1) + at + 1;
        const addr = net.type === "network" ? `192.168.122.${host % 256}` : `192.168.0.${at + 1}`;
        return {
          name: net.target?.dev ?? "",
          hwaddr: net.mac?.address ?? null,
          addrs: [{ type: IpAddrType.IPV4, addr, prefix: PREFIX }],
        };
      });
      return { ifaces };
    },
  };
}

/** The card a client names: by MAC address, or by its device in the host. */
function requireInterface({ devices }: DomainDef, name: string): Interface {
  const mac = name.toLowerCase();
  const found = devices.interfaces.find((net) => net.mac?.address === mac || net.target?.dev === name);
  if (!found)
    throw new VirError(ErrorDomain.DOMAIN, ErrorCode.INVALID_ARG, `'${name}' is not a known interface`);
  return found;
}

/** A direction is replaced as a whole where there is an average (or a floor), and ended by an average of 0. */
function setRates(net: Interface, rates: Rates): void {
  const direction = (way: "inbound" | "outbound", floor?: number) => {
    const average = rates[`${way}.average`];
    if (average || floor)
      return {
        ...(average && { average }),
        ...(rates[`${way}.peak`] && { peak: rates[`${way}.peak`] }),
        ...(rates[`${way}.burst`] && { burst: rates[`${way}.burst`] }),
        ...(floor && { floor }),
      };
    return average === 0 ? undefined : net.bandwidth?.[way];
  };
  const [inbound, outbound] = [direction("inbound", rates["inbound.floor"]), direction("outbound")];
  net.bandwidth = inbound || outbound ? { inbound, outbound } : undefined;
}
