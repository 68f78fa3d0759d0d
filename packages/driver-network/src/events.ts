import { NetworkEventId } from "@libvirt-ts/api";
import { ErrorDomain, internal } from "@libvirt-ts/errors";
import { EventRegistrations } from "@libvirt-ts/objects";
import { type NonnullNetwork, remote } from "@libvirt-ts/protocol";
import type { Client } from "@libvirt-ts/rpc/server";
import { parseUuid, type Uuid } from "@libvirt-ts/util/uuid";
import type { Network } from "./network.ts";

const p = remote.procs;
const knownEvents: readonly number[] = Object.values(NetworkEventId);

/** Numbers of `virNetworkEventLifecycleType`. */
export const lifecycleEvents = { defined: 0, undefined: 1, started: 2, stopped: 3 } as const;
export type LifecycleEvent = keyof typeof lifecycleEvents;

/** Tells clients what happens to networks. */
export class NetworkEvents {
  readonly #registrations = new EventRegistrations<Client>("network");

  /** @returns the callback id. @throws VirError when registered already, or for an unknown event */
  register(client: Client, eventId: number, uuid: Uuid | undefined): number {
    if (!knownEvents.includes(eventId))
      throw internal(ErrorDomain.RPC, `unsupported network event ID ${eventId}`);
    const isFirst = ![...this.#registrations.listeners(eventId, uuid)].some(
      (known) => known.client === client,
    );
    const { callbackId } = this.#registrations.add({
      client,
      eventId,
      style: "new",
      ...(uuid !== undefined && { uuid }),
    });
    if (isFirst) client.onClose(() => this.#registrations.forget(client));
    return callbackId;
  }

  deregister(client: Client, callbackId: number): void {
    this.#registrations.remove(client, callbackId);
  }

  lifecycle(network: Network, event: LifecycleEvent): void {
    const msg = { net: wireNetwork(network), event: lifecycleEvents[event], detail: 0 };
    for (const { client, callbackId } of this.#registrations.listeners(
      NetworkEventId.LIFECYCLE,
      network.uuid,
    )) {
      client.sendEvent(p.networkEventLifecycle, { callbackID: callbackId, ...msg });
    }
  }

  /** @param type a `NetworkMetadataType` @param nsuri namespace of a changed element */
  metadataChanged(network: Network, type: number, nsuri: string | undefined): void {
    const msg = { net: wireNetwork(network), type, nsuri: nsuri ?? null };
    const listeners = this.#registrations.listeners(NetworkEventId.METADATA_CHANGE, network.uuid);
    for (const { client, callbackId } of listeners) {
      client.sendEvent(p.networkEventCallbackMetadataChange, { callbackID: callbackId, ...msg });
    }
  }
}

/** A network as it goes over the wire. */
export function wireNetwork({ name, uuid }: Pick<Network, "name" | "uuid">): NonnullNetwork {
  return { name, uuid: parseUuid(uuid) ?? new Uint8Array(16) };
}
