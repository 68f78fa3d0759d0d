import { RpcClient } from "@libvirt-ts/rpc/client";

/** Where virtlockd is. */
export interface Sockets {
  readonly main: string;
  readonly admin: string;
}

/** @param env LIBVIRT_PREFIX stands before system paths */
export function defaultSockets(env: NodeJS.ProcessEnv, uid: number): Sockets {
  const run = uid === 0 ? "/run/libvirt" : `${env.XDG_RUNTIME_DIR || `/run/user/${uid}`}/libvirt`;
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
