import { NetworkPortCreateFlags } from "@libvirt-ts/api";
import { type Bandwidth, formatNetworkPort, type NetworkPortDef, type Rate } from "@libvirt-ts/conf/network";
import { assertValid } from "@libvirt-ts/conf/schema";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import {
  type NonnullNetworkPort,
  readTypedParams,
  type TypedParam,
  typed,
  typedParams,
} from "@libvirt-ts/protocol";
import { visible } from "@libvirt-ts/rpc/server";
import { formatUuid, parseUuid } from "@libvirt-ts/util/uuid";
import type { NetworkDriver } from "../driver.ts";
import { wireNetwork } from "../events.ts";
import type { Network } from "../network.ts";
import { createPort, deletePort, findPort, setPortBandwidth } from "../ports.ts";
import { portAttributes } from "./access.ts";
import { type NetworkHandlers, networkOf } from "./target.ts";

const stringOkay = 4; // VIR_TYPED_PARAM_STRING_OKAY

/** What guests' interfaces hold of a network. */
export function portHandlers(driver: NetworkDriver): NetworkHandlers {
  const target = ({ net, uuid }: NonnullNetworkPort) => ({
    network: networkOf(driver, net),
    uuid: formatUuid(uuid),
  });
  return {
    async networkListAllPorts({ network: net, needResults, flags }, call) {
      checkFlags(flags, 0, "networkListAllPorts", ErrorDomain.NETWORK);
      const network = networkOf(driver, net);
      const all = [...(network.live?.ports.values() ?? [])];
      const ports = await visible(call, all, ({ uuid }) => portAttributes(network, uuid));
      return { ports: needResults ? ports.map((port) => wirePort(network, port)) : [], ret: ports.length };
    },
    networkPortLookupByUuid({ network: net, uuid }) {
      const network = networkOf(driver, net);
      return { port: wirePort(network, findPort(network, formatUuid(uuid))) };
    },
    async networkPortCreateXml({ network: net, xml, flags }) {
      const { RECLAIM, VALIDATE } = NetworkPortCreateFlags;
      checkFlags(flags, RECLAIM | VALIDATE, "networkPortCreateXML", ErrorDomain.NETWORK);
      const network = networkOf(driver, net);
      if ((flags & VALIDATE) !== 0) assertValid(xml, "networkport");
      const port = await createPort(driver, network, { xml, reclaim: (flags & RECLAIM) !== 0 });
      return { port: wirePort(network, port) };
    },
    networkPortGetXmlDesc({ port, flags }) {
      checkFlags(flags, 0, "networkPortGetXMLDesc", ErrorDomain.NETWORK);
      const { network, uuid } = target(port);
      return { xml: formatNetworkPort(findPort(network, uuid)) };
    },
    async networkPortDelete({ port, flags }) {
      checkFlags(flags, 0, "networkPortDelete", ErrorDomain.NETWORK);
      const { network, uuid } = target(port);
      await deletePort(driver, network, uuid);
    },
    networkPortGetParameters({ port, flags }) {
      checkFlags(flags, stringOkay, "networkPortGetParameters", ErrorDomain.NETWORK);
      const { network, uuid } = target(port);
      const params = bandwidthParams(findPort(network, uuid).bandwidth);
      return { params, nparams: params.length };
    },
    async networkPortSetParameters({ port, params, flags }) {
      checkFlags(flags, 0, "networkPortSetParameters", ErrorDomain.NETWORK);
      const { network, uuid } = target(port);
      const bandwidth = changedBandwidth(findPort(network, uuid).bandwidth, params);
      await setPortBandwidth(driver, network, { uuid, bandwidth });
    },
  };
}

const wirePort = (network: Network, { uuid }: NetworkPortDef): NonnullNetworkPort => ({
  net: wireNetwork(network),
  uuid: parseUuid(uuid) ?? new Uint8Array(16),
});

const inboundKeys = ["average", "peak", "floor", "burst"] as const;
const outboundKeys = ["average", "peak", "burst"] as const;

/** Names and types of `VIR_NETWORK_PORT_BANDWIDTH_*`; kilobytes (a second). */
const bandwidthFields = {
  "inbound.average": "uint",
  "inbound.peak": "uint",
  "inbound.floor": "uint",
  "inbound.burst": "uint",
  "outbound.average": "uint",
  "outbound.peak": "uint",
  "outbound.burst": "uint",
} as const;

function bandwidthParams({ inbound, outbound }: Bandwidth = {}): TypedParam[] {
  return [
    ...(inbound ? typedParams(rateParams("inbound", inbound, inboundKeys)) : []),
    ...(outbound ? typedParams(rateParams("outbound", outbound, outboundKeys)) : []),
  ];
}

function rateParams(direction: string, rate: Rate, keys: readonly (keyof Rate)[]) {
  return Object.fromEntries(keys.map((key) => [`${direction}.${key}`, typed.uint(rate[key] ?? 0)]));
}

/** Each direction named is replaced; an average of 0 lifts the limit. */
function changedBandwidth(had: Bandwidth | undefined, params: readonly TypedParam[]): Bandwidth | undefined {
  const given = readTypedParams(params, bandwidthFields);
  const direction = (name: "inbound" | "outbound"): Rate | undefined => {
    if (!params.some(({ field }) => field.startsWith(`${name}.`))) return had?.[name];
    const rate: Rate = {
      average: given[`${name}.average`],
      peak: given[`${name}.peak`],
      burst: given[`${name}.burst`],
      ...(name === "inbound" && { floor: given["inbound.floor"] }),
    };
    return rate.average || rate.floor ? rate : undefined;
  };
  const inbound = direction("inbound");
  const outbound = direction("outbound");
  return inbound || outbound ? { classId: had?.classId, inbound, outbound } : undefined;
}
