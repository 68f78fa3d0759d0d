import { formatUuid } from "@libvirt-ts/util/uuid";
import type { NetworkDriver } from "../driver.ts";
import { type NetworkHandlers, networkOf } from "./target.ts";

/** Who wants to be told what happens to networks. */
export function eventHandlers(driver: NetworkDriver): NetworkHandlers {
  return {
    connectNetworkEventRegisterAny({ eventID, net }, { client }) {
      if (net !== null) networkOf(driver, net);
      const uuid = net === null ? undefined : formatUuid(net.uuid);
      return { callbackID: driver.events.register(client, eventID, uuid) };
    },
    connectNetworkEventDeregisterAny({ callbackID }, { client }) {
      driver.events.deregister(client, callbackID);
    },
  };
}
