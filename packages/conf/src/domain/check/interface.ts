import type { Interface } from "../devices/interface.ts";
import { unsupported } from "../errors.ts";

/** Host ends that only some kinds of interfaces have. */
export function checkInterface(net: Interface): void {
  const { type, backend, teaming, target } = net;
  if (teaming?.type === "persistent" && teaming.persistent !== undefined)
    throw unsupported("teaming persistent attribute not allowed if teaming type is 'persistent'");
  if (target?.managed === false && type !== "ethernet")
    throw unsupported(`unmanaged target dev is not supported on interfaces of type '${type}'`);
  const isPasst = (type === "user" || type === "vhostuser") && backend?.type === "passt";
  if (backend?.type === "passt" && !isPasst)
    throw unsupported("The 'passt' backend can only be used with interface type='user' or type='vhostuser'");
  if (net.portForwards.length > 0 && !isPasst) {
    throw unsupported(
      "The <portForward> element can only be used with the 'passt' backend of interface type='user' or type='vhostuser'",
    );
  }
  const { mac, virtualport } = net;
  if (virtualport && !switched.includes(type))
    throw unsupported(`<virtualport> element unsupported for <interface type='${type}'>`);
  if (net.isolated !== undefined && !["network", "bridge"].includes(type))
    throw unsupported(
      `interface ${mac?.address} - <port isolated='yes'/> is not supported for network interfaces with type='${type}'`,
    );
  if (teaming?.type === "transient" && teaming.persistent === undefined)
    throw unsupported("teaming persistent attribute must be set if teaming type is 'transient'");
  const { hostIps = [], hostRoutes = [] } = (net as { source?: HostSide }).source ?? {}; // of some kinds only
  if (type !== "ethernet" && hostIps.length + hostRoutes.length > 0)
    throw unsupported(
      `Invalid attempt to set network interface host-side IP route and/or address info on interface of type '${type}'. This is only supported on interfaces of type 'ethernet'`,
    );
}

/** Kinds that a switch may tell how to connect them. */
const switched: readonly Interface["type"][] = ["network", "bridge", "direct", "hostdev"];

/** What some sources say of the host's end. */
interface HostSide {
  hostIps?: readonly unknown[];
  hostRoutes?: readonly unknown[];
}
