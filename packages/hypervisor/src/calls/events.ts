import { formatUuid } from "@libvirt-ts/util/uuid";
import type { DomainDriver, RemoteHandlers } from "./common.ts";

const LIFECYCLE = 0;

export function eventHandlers({ events }: Pick<DomainDriver, "events">): RemoteHandlers {
  return {
    connectDomainEventRegister(_, { client }) {
      events.register(client, LIFECYCLE, "old");
      return { cbRegistered: 0 };
    },
    connectDomainEventDeregister(_, { client }) {
      events.deregisterOld(client, LIFECYCLE);
      return { cbRegistered: 0 };
    },
    connectDomainEventRegisterAny({ eventID }, { client }) {
      events.register(client, eventID, "old");
    },
    connectDomainEventDeregisterAny({ eventID }, { client }) {
      events.deregisterOld(client, eventID);
    },
    connectDomainEventCallbackRegisterAny({ eventID, dom }, { client }) {
      const uuid = dom === null ? undefined : formatUuid(dom.uuid);
      return { callbackID: events.register(client, eventID, "new", uuid) };
    },
    connectDomainEventCallbackDeregisterAny({ callbackID }, { client }) {
      events.deregister(client, callbackID);
    },
  };
}
