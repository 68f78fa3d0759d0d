import { createHash } from "node:crypto";
import { ErrorCode, ErrorDomain, internal, systemError, VirError } from "@libvirt-ts/errors";
import { native } from "@libvirt-ts/native";
import { lock } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { parseUuid } from "@libvirt-ts/util/uuid";
import type { LockHolder, LockManager, LockOwner, LockResource } from "./lock-manager.ts";
import { watchLostLocks } from "./lost-locks.ts";
import { type Ask, askProgram, logicalVolumeId, scsiId } from "./volume-id.ts";

export interface LockdOptions {
  /** `/run/libvirt/virtlockd-sock` */
  socketPath: string;
  /** `/run/libvirt/virtlockd-admin-sock`; absent: nobody tells of lost locks. */
  adminSocketPath?: string;
  /** Starts virtlockd when nobody listens there. */
  start?: (() => Promise<void>) | undefined;
  /** Lock each disk by itself; without it only explicit leases count. */
  autoDiskLeases?: boolean;
  /** Refuse guests that have writable disks but nothing to lock. */
  requireLeaseForDisks?: boolean | undefined;
  /** Lock files in this directory instead of the images themselves. */
  fileLockspaceDirectory?: string | undefined;
  /** The same for logical volumes, by UUID; goes before all others. */
  lvmLockspaceDirectory?: string | undefined;
  /** The same for SCSI disks, by serial number; goes before files. */
  scsiLockspaceDirectory?: string | undefined;
  /** For tests: runs `lvs` and `scsi_id`. */
  ask?: Ask;
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
  const { autoDiskLeases = true } = options;
  const requireLease = options.requireLeaseForDisks ?? !autoDiskLeases;

  async function acquisitions(resources: readonly LockResource[]): Promise<Acquisition[]> {
    const wanted = await Promise.all(
      resources.flatMap((resource): (Acquisition | Promise<Acquisition>)[] => {
        if ("lockspace" in resource) return [{ path: resource.lockspace, name: resource.key, flags: 0 }];
        return autoDiskLeases ? [diskAcquisition(resource, options)] : [];
      }),
    );
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
      const { fileLockspaceDirectory, lvmLockspaceDirectory, scsiLockspaceDirectory } = options;
      const directories = [lvmLockspaceDirectory, scsiLockspaceDirectory, fileLockspaceDirectory];
      const wanted = directories.filter((path) => path !== undefined);
      if (wanted.length === 0) return;
      await withClient(options, (client) =>
        Promise.all(wanted.map((path) => client.call(lock.procs.createLockspace, { path }))),
      );
    },
    async acquire(owner, resources) {
      const wanted = await acquisitions(resources);
      if (wanted.length === 0) return;
      const spaces = new Set(resources.flatMap((each) => ("lockspace" in each ? [each.lockspace] : [])));
      await withClient(options, async (client) => {
        // differs: C leaves it to others to make the lockspaces of leases known, so that no guest with one starts
        for (const path of spaces) await client.call(lock.procs.createLockspace, { path });
        await acquireAll(client, owner, wanted);
      });
    },
    async release(owner, resources) {
      const held = await acquisitions(resources);
      if (held.length === 0) return;
      await withClient(options, async (client) => {
        const results = await Promise.allSettled([register(client, owner), ...releaseAll(client, held)]);
        throwFirst(results);
      });
    },
    async prepareHolder() {
      // The guest's own process has nobody to start it.
      if (options.start) await withClient(options, async () => {});
      return prepareHolder(options.socketPath);
    },
    onLost(listener) {
      const end = new AbortController();
      if (options.adminSocketPath !== undefined)
        void watchLostLocks(options.adminSocketPath, listener, end.signal);
      return () => end.abort();
    },
  };
}

/** The image itself, or a lock file that stands for it. */
async function diskAcquisition(
  { path, shared }: { path: string; shared: boolean },
  o: LockdOptions,
): Promise<Acquisition> {
  const flags = shared ? flagShared : 0;
  const indirect = await lockFile(path, o);
  return indirect ? { ...indirect, flags: flags | flagCreate } : { path: "", name: path, flags };
}

async function lockFile(path: string, o: LockdOptions): Promise<{ path: string; name: string } | undefined> {
  const ask = o.ask ?? askProgram;
  const { lvmLockspaceDirectory: lvm, scsiLockspaceDirectory: scsi, fileLockspaceDirectory: file } = o;
  const isDevice = path.startsWith("/dev");
  const volume = lvm !== undefined && isDevice ? await logicalVolumeId(path, ask) : undefined;
  if (lvm !== undefined && volume !== undefined) return { path: lvm, name: volume };
  const serial = scsi !== undefined && isDevice ? await scsiId(path, ask) : undefined;
  if (scsi !== undefined && serial !== undefined) return { path: scsi, name: serial };
  if (file === undefined) return undefined;
  return { path: file, name: createHash("sha256").update(path).digest("hex") };
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

async function withClient<T>(
  { socketPath, start }: LockdOptions,
  use: (client: RpcClient) => Promise<T>,
): Promise<T> {
  const client = await RpcClient.connect(socketPath, { start });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
