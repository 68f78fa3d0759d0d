import { existsSync } from "node:fs";
import { answers, startSessionDaemon } from "@libvirt-ts/rpc/client";
import { chooseSocket, type Place, type SocketChoice } from "./socket-path.ts";
import type { Plan } from "./uri.ts";

/** What of the caller's surroundings decides on the socket; default: of this process. */
export const placeOf = (env: Place["env"] = process.env): Place => ({
  uid: process.getuid?.() ?? 0,
  env,
  exists: existsSync,
});

/**
 * The socket on this host that leads to a URI; a user's own daemon is started for it unless somebody listens already
 * or LIBVIRT_AUTOSTART is 0.
 * @throws VirError INVALID_ARG, SYSTEM_ERROR if the daemon cannot be started
 */
export async function localSocket(
  plan: Plan,
  {
    readOnly = false,
    place = placeOf(),
    signal,
  }: { readOnly?: boolean; place?: Place; signal?: AbortSignal | undefined } = {},
): Promise<SocketChoice> {
  const choice = chooseSocket(plan, place, { readOnly });
  if (choice.ofUser && place.env.LIBVIRT_AUTOSTART !== "0" && !(await answers(choice.path))) {
    await startSessionDaemon(choice, place.env, signal);
  }
  return choice;
}
