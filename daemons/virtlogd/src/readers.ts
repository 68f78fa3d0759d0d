import { bindSocket, type DaemonContext, groupId, Security } from "@libvirt-ts/daemon";
import { native } from "@libvirt-ts/native";
import { Server, type Service } from "@libvirt-ts/rpc/server";
import type { about } from "./about.ts";

/** Connections that may wait to be accepted. */
const backlog = 50;
/** Members of the group, and nobody else. */
const mode = 0o660;

/**
 * The socket by which members of a group read logs, and do nothing else.
 * @param o.busAddress of the system bus, if not at its usual place
 * @returns ends it
 * @throws StartFailure no such group, or the socket cannot be bound
 */
export async function letReadersIn(
  { paths, config, log, inhibit }: DaemonContext<typeof about.keys>,
  { group, service, busAddress }: { group: string; service: Service; busAddress: string | undefined },
): Promise<() => void> {
  const settings = { auth: {}, saslAllowedUsers: [], accessDrivers: config.access_drivers };
  const access = await new Security(settings, paths, busAddress).access([service]);
  const server = new Server({
    name: "readers",
    services: [service],
    log: log.child({ mod: "rpc" }),
    limits: { maxClients: config.max_clients, keepaliveInterval: -1 },
    access,
  });
  server.onClient((client) => client.onClose(inhibit()));
  const path = `${paths.run}/virtlogd-sock-read`;
  const { fd } = bindSocket({ role: "readOnly", unit: "", path, mode, backlog, gid: groupId(group) }, native);
  server.listen(fd, { path, readOnly: true });
  return () => server.close();
}
