import type { Interface } from "../devices/interface.ts";
import { unsupported } from "../errors.ts";

/** Host ends that only some kinds of interfaces have. */
export function checkInterface(net: Interface): void {
  const { type, backend } = net;
  const isPasst = (type === "user" || type === "vhostuser") && backend?.type === "passt";
  if (net.portForwards.length > 0 && !isPasst) {
    throw unsupported(
      "The <portForward> element can only be used with the 'passt' backend of interface type='user' or type='vhostuser'",
    );
  }
}
