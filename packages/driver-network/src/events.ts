import { NetworkEventId } from "@libvirt-ts/api";
import { ObjectEvents } from "@libvirt-ts/objects";
import { type NonnullNetwork, remote } from "@libvirt-ts/protocol";
import { parseUuid } from "@libvirt-ts/util/uuid";
import { networkAttributes } from "./driver/access.ts";
import type { Network } from "./network.ts";

const p = remote.procs;

/** Numbers of `virNetworkEventLifecycleType`. */
export const lifecycleEvents = { defined: 0, undefined: 1, started: 2, stopped: 3 } as const;
export type LifecycleEvent = keyof typeof lifecycleEvents;

/** Tells clients what happens to networks. */
export class NetworkEvents extends ObjectEvents {
  constructor() {
    super("network", Object.values(NetworkEventId));
  }

  lifecycle(network: Network, event: LifecycleEvent): void {
    const subject = subjectOf(network, NetworkEventId.LIFECYCLE);
    const msg = { net: wireNetwork(network), event: lifecycleEvents[event], detail: 0 };
    this.send(p.networkEventLifecycle, subject, (callbackID) => ({ callbackID, ...msg }));
  }

  /** @param type a `NetworkMetadataType` @param nsuri namespace of a changed element */
  metadataChanged(network: Network, type: number, nsuri: string | undefined): void {
    const subject = subjectOf(network, NetworkEventId.METADATA_CHANGE);
    const msg = { net: wireNetwork(network), type, nsuri: nsuri ?? null };
    this.send(p.networkEventCallbackMetadataChange, subject, (callbackID) => ({ callbackID, ...msg }));
  }
}

const subjectOf = (network: Network, eventId: number) => ({
  eventId,
  key: network.uuid,
  visibility: { filter: "network:getattr", object: () => networkAttributes(network) },
});

/** A network as it goes over the wire. */
export function wireNetwork({ name, uuid }: Pick<Network, "name" | "uuid">): NonnullNetwork {
  return { name, uuid: parseUuid(uuid) ?? new Uint8Array(16) };
}
