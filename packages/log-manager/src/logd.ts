import { ErrorDomain, internal } from "@libvirt-ts/errors";
import { log } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { parseUuid, type Uuid } from "@libvirt-ts/util/uuid";
import type { LogManager } from "./log-manager.ts";

/** VIR_LOG_MANAGER_PROTOCOL_DOMAIN_OPEN_LOG_FILE_TRUNCATE */
const flagTruncate = 1;

/**
 * Logs through virtlogd, `stdio_handler = "logd"`. A connection lasts for one call: logs outlive connections, and
 * virtlogd may be another one by the next call.
 * @param socketPath `/run/libvirt/virtlogd-sock`
 */
export function logdManager(socketPath: string): LogManager {
  return {
    open: ({ driver, uuid, name, path, truncate = false }) =>
      withClient(socketPath, async (client) => {
        const dom = { uuid: uuidBytes(uuid), name };
        const flags = truncate ? flagTruncate : 0;
        const { ret, fds } = await client.callWithFds(log.procs.domainOpenLogFile, {
          driver,
          dom,
          path,
          flags,
        });
        const [fd] = fds;
        if (fd === undefined) throw internal(ErrorDomain.LOGGING, `no descriptor came for ${path}`);
        return { fd, position: ret.pos };
      }),
    position: (path) =>
      withClient(socketPath, async (client) => {
        return (await client.call(log.procs.domainGetLogFilePosition, { path, flags: 0 })).pos;
      }),
    read: (path, pos, maxBytes) =>
      withClient(socketPath, async (client) => {
        const args = { path, pos, maxlen: BigInt(maxBytes), flags: 0 };
        return (await client.call(log.procs.domainReadLogFile, args)).data;
      }),
    append: ({ driver, uuid, name, path, message }) =>
      withClient(socketPath, async (client) => {
        const dom = { uuid: uuidBytes(uuid), name };
        await client.call(log.procs.domainAppendLogFile, { driver, dom, path, message, flags: 0 });
      }),
  };
}

async function withClient<T>(socketPath: string, use: (client: RpcClient) => Promise<T>): Promise<T> {
  const client = await RpcClient.connect(socketPath);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

function uuidBytes(uuid: Uuid): Uint8Array {
  const bytes = parseUuid(uuid);
  if (!bytes) throw internal(ErrorDomain.LOGGING, `'${uuid}' is no UUID`);
  return bytes;
}
