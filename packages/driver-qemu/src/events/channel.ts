import type { EventHandler } from "./qmp-events.ts";

const AGENT_CHANNEL = "org.qemu.guest_agent.0";
/** `virConnectDomainEventAgentLifecycleState` and its reason "channel". */
const CONNECTED = 1;
const DISCONNECTED = 2;
const BY_CHANNEL = 2;

/** The guest opened or closed its end of a virtio channel. */
export const portChanged: EventHandler = ({ driver, domain }, { id, open }) => {
  const channel = domain.def.devices.channels?.find(({ alias }) => alias === id);
  if (channel?.target?.type !== "virtio") return;
  const state = open ? "connected" : "disconnected";
  if (channel.target.state === state) return;
  channel.target.state = state;
  driver.status.save(domain);
  if (channel.target.name === AGENT_CHANNEL)
    driver.events.emit("agentLifecycle", domain, {
      state: open ? CONNECTED : DISCONNECTED,
      reason: BY_CHANNEL,
    });
};
