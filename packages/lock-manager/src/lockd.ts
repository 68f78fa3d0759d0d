import { createHash } from "node:crypto";
import { ErrorCode, ErrorDomain, internal, systemError, VirError } from "@libvirt-ts/errors";
import { native } from "@libvirt-ts/native";
import { lock } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { parseUuid } from "@libvirt-ts/util/uuid";
import type { LockHolder, LockManager, LockOwner, LockResource } from "./lock-manager.ts";

export interface LockdOptions {
  /** `/run/libvirt/virtlockd-sock` */
  socketPath: string;
  /** Lock each disk by itself; without it only explicit leases count. */
  autoDiskLeases?: boolean;
  /** Refuse guests that have writable disks but nothing to lock. */
  requireLeaseForDisks?: boolean | undefined;
  /** Lock files in this directory instead of the images themselves. */
  fileLockspaceDirectory?: string | undefined;
}

/** VIR_LOCK_SPACE_PROTOCOL_ACQUIRE_RESOURCE_* */
const flagShared = 1;
const flagCreate = 2;

interface Acquisition {
  readonly path: string;
  readonly name: string;
  readonly flags: number;
}

/** Locks through virtlockd, ours or the C one. Calls of one connection are sent together: one round trip. */
export function lockdManager(options: LockdOptions): LockManager {
  const { socketPath, autoDiskLeases = true, fileLockspaceDirectory } = options;
  const requireLease = options.requireLeaseForDisks ?? !autoDiskLeases;

  function acquisitions(resources: readonly LockResource[]): Acquisition[] {
    const wanted = resources.flatMap((resource) => {
      if ("lockspace" in resource) return [{ path: resource.lockspace, name: resource.key, flags: 0 }];
      return autoDiskLeases ? [diskAcquisition(resource, fileLockspaceDirectory)] : [];
    });
    const writable = resources.some((resource) => "path" in resource && !resource.shared);
    if (requireLease && writable && wanted.length === 0) {
      throw new VirError(
        ErrorDomain.LOCKING,
        ErrorCode.CONFIG_UNSUPPORTED,
        "Read/write, exclusive access, disks were present, but no leases specified",
      );
    }
    return wanted;
  }

  return {
    name: "lockd",
    async prepare() {
      if (fileLockspaceDirectory === undefined) return;
      await withClient(socketPath, (client) =>
        client.call(lock.procs.createLockspace, { path: fileLockspaceDirectory }),
      );
    },
    async acquire(owner, resources) {
      const wanted = acquisitions(resources);
      if (wanted.length === 0) return;
      await withClient(socketPath, (client) => acquireAll(client, owner, wanted));
    },
    async release(owner, resources) {
      const held = acquisitions(resources);
      if (held.length === 0) return;
      await withClient(socketPath, async (client) => {
        const results = await Promise.allSettled([register(client, owner), ...releaseAll(client, held)]);
        throwFirst(results);
      });
    },
    prepareHolder: () => prepareHolder(socketPath),
  };
}

function diskAcquisition(
  disk: { path: string; shared: boolean },
  directory: string | undefined,
): Acquisition {
  const flags = disk.shared ? flagShared : 0;
  if (directory === undefined) return { path: "", name: disk.path, flags };
  return {
    path: directory,
    name: createHash("sha256").update(disk.path).digest("hex"),
    flags: flags | flagCreate,
  };
}

/** What was got before a failure is given back. */
async function acquireAll(
  client: RpcClient,
  owner: LockOwner,
  wanted: readonly Acquisition[],
): Promise<void> {
  const [registered, ...results] = await Promise.allSettled([
    register(client, owner),
    ...wanted.map((each) => client.call(lock.procs.acquireResource, each)),
  ]);
  throwFirst([registered]);
  const got = wanted.filter((_, index) => results[index]?.status === "fulfilled");
  if (got.length < wanted.length) await Promise.allSettled(releaseAll(client, got));
  throwFirst(results);
}

function releaseAll(client: RpcClient, held: readonly Acquisition[]): Promise<void>[] {
  return held.map(({ path, name }) => client.call(lock.procs.releaseResource, { path, name, flags: 0 }));
}

function register(client: RpcClient, { uuid, name, id, pid }: LockOwner): Promise<void> {
  const bytes = parseUuid(uuid);
  if (!bytes) throw internal(ErrorDomain.LOCKING, `'${uuid}' is no UUID`);
  return client.call(lock.procs.register, { owner: { uuid: bytes, name, id, pid }, flags: 0 });
}

function prepareHolder(socketPath: string): LockHolder {
  const fd = native.socketUnix("stream");
  if (fd < 0) throw systemError(ErrorDomain.LOCKING, -fd, "Unable to create socket");
  let mine: number | undefined = fd;
  return {
    keep: [fd],
    steps: [{ do: "connect", fd, path: socketPath }],
    async register(owner) {
      mine = undefined;
      const client = await RpcClient.connect(fd);
      try {
        const results = await Promise.allSettled([
          register(client, owner),
          client.call(lock.procs.restrict, { flags: 0 }),
        ]);
        throwFirst(results);
      } finally {
        client.close();
      }
    },
    close() {
      if (mine !== undefined) native.close(mine);
      mine = undefined;
    },
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

function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
