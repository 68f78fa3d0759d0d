import { isVirtualNetwork } from "./mode.ts";
import type { NetworkSyntax } from "./network.ts";

/** What reading a network adds: the settings a bridge of our own always shows, and no other ever. */
export function fillNetwork(def: NetworkSyntax): void {
  if (!isVirtualNetwork(def)) {
    delete def.bridge?.stp;
    delete def.bridge?.delay;
    return;
  }
  def.bridge ??= {};
  def.bridge.stp ??= true;
  def.bridge.delay ??= 0;
}
