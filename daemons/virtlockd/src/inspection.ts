import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type HeldLock, type LockChange, type LockHolder, LockState, lockAdmin } from "@libvirt-ts/protocol";
import type { Client, Service } from "@libvirt-ts/rpc/server";
import { parseUuid } from "@libvirt-ts/util/uuid";
import type { Claim } from "./claim.ts";
import type { Ledger } from "./ledger.ts";
import { claimOf } from "./ledger-keeping.ts";
import type { LockFiles } from "./lock-file.ts";
import type { Lockspaces } from "./lockspaces.ts";
import type { Resource } from "./resource.ts";

interface InspectionOptions {
  readonly spaces: Pick<Lockspaces, "resources" | "directories">;
  readonly ledger: Ledger;
  readonly files: Pick<LockFiles, "isLocked" | "setAside">;
}

export interface Inspection {
  readonly service: Service<typeof lockAdmin.procs>;
  changed(change: LockChange, resource: Resource): void;
}

/** Who holds what: our own program, beside the admin program. */
export function inspection({ spaces, ledger, files }: InspectionOptions): Inspection {
  const watchers = new Set<Client>();
  const host = ledger.host;

  const ours = (resource: Resource): HeldLock =>
    heldLock(claimOf(resource, host), resource.isLost ? LockState.lost : LockState.held);

  /** Ours we know; of what others say, only the lock itself tells whether it is so. */
  async function judged(claim: Claim): Promise<HeldLock> {
    const mine = claim.host.machineId === host.machineId ? find(claim) : undefined;
    if (mine) return ours(mine);
    return heldLock(claim, (await files.isLocked(claim.path)) ? LockState.held : LockState.stale);
  }

  const isOurs = ({ space, name, holders: [first] }: HeldLock) =>
    first?.bootId === host.bootId && find({ space, name }) !== undefined;

  const find = ({ space, name }: Pick<Claim, "space" | "name">) =>
    [...spaces.resources()].find((each) => each.space === space && each.name === name);

  /** Where claims to a file may be: beside it, and in the ledger of all images. */
  async function claimsTo(path: string): Promise<Claim[]> {
    const claims = await Promise.all(
      ["", ...spaces.directories].map((space) => ledger.claimsTo(space, nameIn(space, path))),
    );
    return claims.flat();
  }

  async function who(path: string): Promise<HeldLock[]> {
    const known = [...spaces.resources()].filter((each) => each.path === path).map(ours);
    const others = (await claimsTo(path)).filter((claim) => claim.host.machineId !== host.machineId);
    const all = settled([...known, ...(await Promise.all(others.map(judged)))], isOurs);
    if (all.length > 0 || !(await files.isLocked(path))) return all;
    const nobody = { host, space: "", name: path, path, shared: false, since: 0, holders: [] };
    return [heldLock(nobody, LockState.unknown)];
  }

  /** Gives what nobody can release to those who wait for it. */
  async function breakLock(path: string, proof: string): Promise<string> {
    const [held] = [...spaces.resources()].filter((each) => each.path === path);
    if (held) throw alive(path, "this daemon holds it for a process that runs");
    const claims = (await claimsTo(path)).filter((claim) => claim.host.machineId !== host.machineId);
    const [claim] = claims;
    if (!claim) throw invalid(`nobody is known to hold '${path}'`);
    if (proof === "boot-id") for (const each of claims) await expectRebooted(each);
    if (!(await files.isLocked(path))) {
      for (const each of claims) await ledger.strike(each, proof);
      return "the lock was free; the claim to it is struck out";
    }
    if (claim.space === "")
      throw alive(
        path,
        `its lock is in force: the file server frees it when host '${claim.host.name}' is gone`,
      );
    const aside = await files.setAside(path);
    for (const each of claims) await ledger.strike(each, proof);
    return `the lock file of host '${claim.host.name}' is now '${aside}'; the resource is free`;
  }

  /** A host that claimed something later, in another boot, has lost what it had before. */
  async function expectRebooted({ host: { name, machineId, bootId }, since, space }: Claim): Promise<void> {
    const later = (await ledger.claimsOf(space, machineId)).some(
      (claim) => claim.host.bootId !== bootId && claim.since > since,
    );
    if (!later) throw alive(name, "the ledger knows of no later boot of this host");
  }

  return {
    service: {
      program: lockAdmin,
      errorDomain: ErrorDomain.ADMIN,
      handlers: {
        list({ flags }) {
          noFlags(flags, "list");
          return { locks: [...spaces.resources()].map(ours) };
        },
        async claims({ directory, flags }) {
          noFlags(flags, "claims");
          const claims = await ledger.claimsIn(directory);
          return { locks: settled(await Promise.all(claims.map(judged)), isOurs) };
        },
        async who({ path, flags }) {
          noFlags(flags, "who");
          return { locks: await who(path) };
        },
        watch({ flags }, { client }) {
          noFlags(flags, "watch");
          if (watchers.has(client)) return;
          watchers.add(client);
          client.onClose(() => void watchers.delete(client));
        },
        async breakLock({ path, proof, flags }) {
          noFlags(flags, "break");
          if (proof === "") throw invalid("a lock is not broken without proof that its holder is gone");
          return { done: await breakLock(path, proof) };
        },
      },
    },
    changed(change, resource) {
      if (watchers.size === 0) return;
      const lock = ours(resource);
      for (const client of watchers) client.sendEvent(lockAdmin.procs.changed, { change, lock });
    },
  };
}

/** Of several exclusive claims to a locked file one can be true: ours, if it is, or else the latest. */
function settled(locks: readonly HeldLock[], isOurs: (lock: HeldLock) => boolean): HeldLock[] {
  const winners = new Map<string, HeldLock>();
  for (const lock of locks.filter(({ state, shared }) => state === LockState.held && !shared)) {
    const before = winners.get(lock.path);
    if (!before || isOurs(lock) || (!isOurs(before) && lock.since > before.since))
      winners.set(lock.path, lock);
  }
  return locks.map((lock) => {
    const isTrue = lock.state !== LockState.held || (winners.get(lock.path) ?? lock) === lock;
    return isTrue ? lock : { ...lock, state: LockState.stale };
  });
}

/** A resource of a lockspace is a file in it; in the default one its name is the path. */
function nameIn(space: string, path: string): string {
  return space !== "" && path.startsWith(`${space}/`) ? path.slice(space.length + 1) : path;
}

function heldLock({ host, space, name, path, shared, since, holders }: Claim, state: number): HeldLock {
  return {
    space,
    name,
    path,
    shared,
    state,
    since: BigInt(since),
    holders: holders.map(
      ({ uuid, name: domain = "", id = 0, pid }): LockHolder => ({
        host: host.name,
        bootId: host.bootId,
        uuid: (uuid === undefined ? null : parseUuid(uuid)) ?? new Uint8Array(16),
        name: domain,
        id,
        pid,
      }),
    ),
  };
}

function noFlags(flags: number, name: string): void {
  checkFlags(flags, 0, `lockAdmin.${name}`, ErrorDomain.ADMIN);
}

function invalid(what: string): VirError {
  return new VirError(ErrorDomain.ADMIN, ErrorCode.INVALID_ARG, what);
}

function alive(what: string, why: string): VirError {
  return new VirError(ErrorDomain.ADMIN, ErrorCode.OPERATION_DENIED, `'${what}' is not given up: ${why}`);
}
