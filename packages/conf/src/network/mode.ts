import type { NetworkDef, NetworkSyntax } from "./network.ts";

/** How a network behaves: its forward mode, or isolated. */
export const networkMode = (def: Pick<NetworkSyntax, "forward">) => def.forward?.mode ?? "isolated";
export type NetworkMode = ReturnType<typeof networkMode>;

/** Whether libvirt itself makes the bridge and everything on it. */
export function isVirtualNetwork(def: Pick<NetworkSyntax, "forward">): boolean {
  const mode = networkMode(def);
  return mode === "isolated" || mode === "nat" || mode === "route" || mode === "open";
}

/** The word error texts use for a mode. */
export const modeWord = (def: Pick<NetworkDef, "forward">): string => def.forward?.mode ?? "none";
