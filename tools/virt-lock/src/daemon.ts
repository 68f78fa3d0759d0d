import { RpcClient } from "@libvirt-ts/rpc/client";
import { userRuntimeDirectory } from "@libvirt-ts/util/user-directories";

/** Where virtlockd is. */
export interface Sockets {
  readonly main: string;
  readonly admin: string;
}

/** @param env LIBVIRT_PREFIX stands before system paths */
export function defaultSockets(env: NodeJS.ProcessEnv, uid: number): Sockets {
  const run = uid === 0 ? "/run/libvirt" : `${userRuntimeDirectory(env)}/libvirt`;
  const directory = `${env.LIBVIRT_PREFIX ?? ""}${run}`;
  return { main: `${directory}/virtlockd-sock`, admin: `${directory}/virtlockd-admin-sock` };
}

/** @throws Error of the call, or of connecting */
export async function withClient<T>(socket: string, use: (client: RpcClient) => Promise<T>): Promise<T> {
  const client = await RpcClient.connect(socket);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}
