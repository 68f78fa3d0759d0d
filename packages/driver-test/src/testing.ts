import { VirError } from "@libvirt-ts/errors";
import type { RemoteHandlers } from "@libvirt-ts/hypervisor";
import type { Client } from "@libvirt-ts/rpc/server";
import { testHandlers } from "./handlers.ts";
import { openTestDriver } from "./open.ts";

/** A driver for a test, what its only client is told, and the calls of that client. */
export function openForTest() {
  const driver = openTestDriver({ hostname: "here", cpuCount: 2, now: () => 1_000_000n });
  const handlers = testHandlers(driver);
  const events: unknown[] = [];
  const client: Pick<Client, "onClose" | "sendEvent" | "sendVisible"> = {
    onClose: () => () => {},
    sendVisible: (frame) => void events.push(frame),
    sendEvent: (_row, message) => void events.push(message),
  };
  const call = { client } as never; // what these calls use of one

  /** The answer to a call; errors as `CODE DOMAIN TEXT`. */
  async function ask(name: keyof RemoteHandlers, args: unknown): Promise<unknown> {
    try {
      return await handlers[name]?.(args as never, call); // each test knows the arguments of its call
    } catch (error) {
      if (error instanceof VirError) return `${error.code} ${error.domain} ${error.message}`;
      throw error;
    }
  }
  return { driver, ask, events };
}
