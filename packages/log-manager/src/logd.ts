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
 * @param path `/run/libvirt/virtlogd-sock`
 * @param start starts virtlogd when nobody listens there
 */
export function logdManager(path: string, start?: () => Promise<void>): LogManager {
  const logd = { path, start };
  return {
    open: ({ driver, uuid, name, path, truncate = false }) =>
      withClient(logd, async (client) => {
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
      withClient(logd, async (client) => {
        return (await client.call(log.procs.domainGetLogFilePosition, { path, flags: 0 })).pos;
      }),
    read: (path, pos, maxBytes) =>
      withClient(logd, async (client) => {
        const args = { path, pos, maxlen: BigInt(maxBytes), flags: 0 };
        return (await client.call(log.procs.domainReadLogFile, args)).data;
      }),
    append: ({ driver, uuid, name, path, message }) =>
      withClient(logd, async (client) => {
        const dom = { uuid: uuidBytes(uuid), name };
        await client.call(log.procs.domainAppendLogFile, { driver, dom, path, message, flags: 0 });
      }),
  };
}

async function withClient<T>(
  { path, start }: { path: string; start: (() => Promise<void>) | undefined },
  use: (client: RpcClient) => Promise<T>,
): Promise<T> {
  const client = await RpcClient.connect(path, { start });
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
