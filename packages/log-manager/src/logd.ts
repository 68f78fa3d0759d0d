import { setTimeout as sleep } from "node:timers/promises";
import { ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";
import { log } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { parseUuid, type Uuid } from "@libvirt-ts/util/uuid";
import type { LogManager } from "./log-manager.ts";

/** VIR_LOG_MANAGER_PROTOCOL_DOMAIN_OPEN_LOG_FILE_TRUNCATE */
const flagTruncate = 1;

/** Where virtlogd is, and what starts it when nobody listens there. */
interface Logd {
  readonly path: string;
  readonly start: (() => Promise<void>) | undefined;
}

/**
 * Logs through virtlogd, `stdio_handler = "logd"`. A connection lasts for one call: logs outlive connections, and
 * virtlogd may be another one by the next call.
 * @param path `/run/libvirt/virtlogd-sock`
 * @param start starts virtlogd when nobody listens there
 */
export function logdManager(path: string, start?: () => Promise<void>): LogManager {
  const logd: Logd = { path, start };
  return {
    open: ({ driver, uuid, name, path, truncate = false }) =>
      untilAnswered(logd, async (client) => {
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
      untilAnswered(logd, async (client) => {
        return (await client.call(log.procs.domainGetLogFilePosition, { path, flags: 0 })).pos;
      }),
    read: (path, pos, maxBytes) =>
      untilAnswered(logd, async (client) => {
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

/** How long a virtlogd that is restarted is waited for. */
const patienceMs = 5000;
const retryMs = 50;
const eio = 5;

/**
 * A call that may be made twice: it is made again when virtlogd ends while it works on it. A log that it had opened by
 * then is busy until it has seen that nobody writes to it.
 */
async function untilAnswered<T>(logd: Logd, use: (client: RpcClient) => Promise<T>): Promise<T> {
  let end: number | undefined;
  for (;;) {
    try {
      return await withClient(logd, use);
    } catch (error) {
      if (!(error instanceof VirError) || error.code !== ErrorCode.SYSTEM_ERROR) throw error;
      if (end === undefined && error.domain === ErrorDomain.RPC && error.int1 === eio)
        end = performance.now() + patienceMs;
      if (end === undefined || performance.now() > end) throw error;
    }
    await sleep(retryMs);
  }
}

async function withClient<T>({ path, start }: Logd, use: (client: RpcClient) => Promise<T>): Promise<T> {
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
