import { LockChange } from "@libvirt-ts/protocol";
import { type AtOnce, afterwards, lastly } from "@libvirt-ts/util/at-once";
import { KeyedLock } from "@libvirt-ts/util/keyed-lock";
import {
  defaultLockspaceExists,
  isLocked,
  lockspaceExists,
  noLockspace,
  notLocked,
  notOwner,
  notRecorded,
} from "./errors.ts";
import { LeaseWatch } from "./lease-watch.ts";
import type { LockFiles } from "./lock-file.ts";
import type { Owner, Owners } from "./owners.ts";
import { type LockRecord, Records } from "./records.ts";
import { heldBy, type Lockspace, pathOf, type Resource } from "./resource.ts";
import type { PassStep } from "./steps.ts";

export interface AcquireOptions {
  readonly shared: boolean;
  readonly create: boolean;
}

export interface LockspacesOptions {
  readonly files: LockFiles;
  readonly owners: Owners;
  readonly records?: Records;
  readonly pass?: PassStep;
  readonly now?: () => number;
  /** Keeps an idle daemon alive while anything is locked. */
  readonly inhibit: () => () => void;
  /** Work that nobody waits for failed. */
  readonly onError: (error: unknown) => void;
  /** A lock was acquired, released, lost or found again; told once that is true. */
  readonly onChange?: (change: LockChange, resource: Resource) => void;
  /** Tells a refused client, behind "is locked", who is in its way: a resource of ours or somebody "elsewhere". */
  readonly describe?: (space: string, name: string, by: Resource | "elsewhere") => string | Promise<string>;
  /** There is a lockspace in a directory. */
  readonly onSpace?: (directory: string) => void;
  /** How often locks on file systems of other hosts are looked after. */
  readonly checkMs?: number;
}

/**
 * What is locked by whom. Locks are OFD locks on byte 0: they keep out other hosts, C daemons (record locks) and
 * other names of the same file alike, since each belongs to one open file, not to this process.
 * Work on one resource runs in the order it was asked for. All of it is kept in records before anybody is told.
 */
export class Lockspaces {
  readonly #o: LockspacesOptions;
  readonly #files: LockFiles;
  readonly #owners: Owners;
  readonly #records: Records;
  readonly #pass: PassStep;
  readonly #spaces = new Map<string, Lockspace>([["", { directory: undefined, resources: new Map() }]]);
  readonly #order = new KeyedLock<string>();
  /** Work that nobody waits for. */
  readonly #background = new Set<Promise<void>>();
  readonly #leases: LeaseWatch<Resource>;
  #releaseInhibit: (() => void) | undefined;
  #held = 0;

  constructor(o: LockspacesOptions) {
    this.#o = o;
    this.#files = o.files;
    this.#owners = o.owners;
    this.#records = o.records ?? new Records();
    this.#pass = o.pass ?? (() => {});
    this.#leases = new LeaseWatch({
      intervalMs: o.checkMs ?? 30_000,
      check: (resource) => this.#order.run(resource.path, () => this.#ask(resource)),
      onResult: (resource, why) => this.#judge(resource, why === undefined),
    });
    o.owners.onGone((owner) => this.#aside(this.#releaseAll(owner)));
  }

  /**
   * Makes a lockspace in a directory.
   * @param mayExist being there already is fine
   * @throws VirError RPC/INTERNAL_ERROR when it exists, RPC/OPERATION_INVALID for the default one
   */
  async add(path: string, mayExist: boolean): Promise<void> {
    if (path === "") throw defaultLockspaceExists();
    await this.#order.run(`space ${path}`, async () => {
      if (this.#spaces.has(path)) {
        if (mayExist) return;
        throw lockspaceExists(path);
      }
      await this.#files.makeDirectory(path);
      recorded(() => this.#records.set("space", this.#records.newKey("space"), { directory: path }));
      this.adoptSpace(path);
    });
  }

  /** Makes the file of a resource. @throws VirError LOCKSPACE/RESOURCE_BUSY while it is locked */
  async createFile(spacePath: string, name: string): Promise<void> {
    await this.#onFree(spacePath, name, (path) => this.#files.touch(path, { follow: spacePath === "" }));
  }

  /** Removes the file of a resource; a missing one is fine. */
  async deleteFile(spacePath: string, name: string): Promise<void> {
    await this.#onFree(spacePath, name, (path) => this.#files.remove(path));
  }

  /** @throws VirError LOCKSPACE/RESOURCE_BUSY when it is locked, here or elsewhere, and not both sides share */
  acquire(spacePath: string, name: string, owner: Owner, options: AcquireOptions): AtOnce<void> {
    const space = this.#space(spacePath);
    const path = pathOf(space, name);
    this.#pass("acquire.begun");
    const inTheWay = this.#order.start<Resource | "elsewhere" | undefined>(path, () => {
      const known = space.resources.get(name);
      if (!known) return this.#lock(space, name, owner, options);
      if (known.shared && options.shared) return this.#share(known, owner);
      return known;
    });
    return afterwards(inTheWay, (other) => {
      if (other) return this.#refuse(spacePath, name, other);
      return owner.isGone ? this.#releaseAll(owner) : undefined; // it ended while we were at the file
    });
  }

  async #refuse(space: string, name: string, inTheWay: Resource | "elsewhere"): Promise<never> {
    throw isLocked(name, await this.#o.describe?.(space, name, inTheWay));
  }

  /** @throws VirError LOCKSPACE: not locked, or not by this owner */
  release(spacePath: string, name: string, pid: number): AtOnce<void> {
    const space = this.#space(spacePath);
    return this.#order.start(pathOf(space, name), () => this.#release(space, name, pid));
  }

  /** Whether a process holds anything. */
  isHolder(owner: Owner): boolean {
    return [...this.#spaces.values()].some((space) => [...heldBy(space, owner)].length > 0);
  }

  /** Everything that is locked. */
  *resources(): Iterable<Resource> {
    for (const { resources } of this.#spaces.values()) yield* resources.values();
  }

  find(space: string, name: string): Resource | undefined {
    return this.#spaces.get(space)?.resources.get(name);
  }

  /** Directories of the lockspaces beside the default one. */
  get directories(): readonly string[] {
    return [...this.#spaces.keys()].filter((directory) => directory !== "");
  }

  /** Resolves when no work is going on that nobody waits for. */
  async settled(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  adoptSpace(directory: string): void {
    this.#spaces.set(directory, { directory, resources: new Map() });
    this.#o.onSpace?.(directory);
  }

  /**
   * Takes over a lock of the former process, and asks for it again; aside, if that may take a while.
   * @param fd holds it; without one the lock was free, and whoever took it meanwhile has it
   */
  adopt(key: string, record: LockRecord, owners: Owner[], fd: number | undefined): void {
    const space = this.#space(record.space);
    const resource: Resource = { ...record, key, owners, fd, device: record.device, isLost: false };
    this.#add(space, resource);
    if (fd !== undefined && resource.device === "")
      this.#judge(resource, this.#files.isStillLocked(fd, record.shared));
    else this.#aside(this.#order.run(record.path, () => this.#takeAgain(resource)));
  }

  async #takeAgain(resource: Resource): Promise<void> {
    await this.#ask(resource).then(
      () => this.#judge(resource, true),
      () => this.#judge(resource, false), // whatever the reason, we do not have it
    );
  }

  /** Asks for a lock that should be ours. @throws when it is not */
  async #ask(resource: Resource): Promise<void> {
    const { space, name, path, shared, key, fd } = resource;
    if (this.find(space, name) !== resource) return;
    if (fd !== undefined) {
      await this.#files.check(fd, path, shared);
      return;
    }
    const again = await this.#files.lock(path, { shared, create: false, follow: space === "" });
    if (again === "busy") throw isLocked(name);
    resource.fd = again;
    this.#watch(resource);
    await this.#records.store.put(key, again);
  }

  #judge(resource: Resource, isOurs: boolean): void {
    if (resource.isLost === !isOurs || this.find(resource.space, resource.name) !== resource) return;
    resource.isLost = !isOurs;
    this.#o.onChange?.(isOurs ? LockChange.regained : LockChange.lost, resource);
  }

  #lock(
    space: Lockspace,
    name: string,
    owner: Owner,
    { shared, create }: AcquireOptions,
  ): AtOnce<"elsewhere" | undefined> {
    const path = pathOf(space, name);
    const locked = this.#files.lock(path, { shared, create, follow: space.directory === undefined });
    return afterwards(locked, (fd) => {
      if (fd === "busy") return "elsewhere";
      this.#pass("acquire.locked");
      const key = this.#records.newKey("lock");
      const since = this.#o.now?.() ?? Date.now();
      const device = this.#files.remoteDevice(fd, path);
      const about = { key, space: space.directory ?? "", name, path, shared, created: create, since };
      return this.#hold(space, { ...about, fd, owners: [owner], device, isLost: false }, owner);
    });
  }

  /** Makes a lock one that outlives us, and counts. */
  #hold(space: Lockspace, resource: Resource, owner: Owner): AtOnce<undefined> {
    const done = () => {
      this.#owners.useAgain(owner);
      this.#add(space, resource);
      this.#o.onChange?.(LockChange.acquired, resource);
      return undefined;
    };
    const undo = async (error: unknown): Promise<never> => {
      const { key, fd, path, created, shared } = resource;
      this.#records.store.remove(key);
      if (fd !== undefined) await this.#files.unlock(fd, path, { remove: created, shared });
      throw notRecorded(error);
    };
    try {
      const kept = this.#keep(resource, owner);
      return kept ? kept.then(done, undo) : done();
    } catch (error) {
      return undo(error);
    }
  }

  #keep(resource: Resource, owner: Owner): undefined | Promise<void> {
    const record = () => {
      this.#pass("acquire.stored");
      this.#record(resource);
      this.#pass("acquire.recorded");
    };
    const ownerKept = this.#owners.keep(owner);
    const { key, fd } = resource;
    const kept = fd === undefined ? undefined : this.#records.store.put(key, fd);
    if (ownerKept || kept) return Promise.all([ownerKept, kept]).then(record);
    record();
    return undefined;
  }

  async #share(resource: Resource, owner: Owner): Promise<undefined> {
    const before = [...resource.owners];
    try {
      await this.#owners.keep(owner);
      this.#record({ ...resource, owners: [...before, owner] });
    } catch (error) {
      throw notRecorded(error);
    }
    resource.owners.push(this.#owners.useAgain(owner));
    this.#pass("share.recorded");
    this.#o.onChange?.(LockChange.acquired, resource);
  }

  #record(resource: Resource): void {
    const { key, space, name, path, shared, created, since, device } = resource;
    const owners = resource.owners.map((owner) => owner.key);
    this.#records.set("lock", key, { space, name, path, shared, created, since, device, owners });
  }

  /** Side by side: a server that does not answer keeps no other lock. @throws the first failure, after all is tried */
  async #releaseAll(owner: Owner): Promise<void> {
    const held = [...this.#spaces.values()].flatMap((space) =>
      [...heldBy(space, owner)].map(({ name, path }) => ({ space, name, path })),
    );
    const results = await Promise.allSettled(
      held.map(({ space, name, path }) =>
        this.#order.run(path, async () => {
          while (space.resources.get(name)?.owners.includes(owner)) await this.#giveBack(space, name, owner);
        }),
      ),
    );
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  #release(space: Lockspace, name: string, pid: number): AtOnce<void> {
    const resource = space.resources.get(name);
    if (!resource) throw notLocked(name);
    const owner = resource.owners.find((each) => each.pid === pid);
    if (!owner) throw notOwner(pid);
    return this.#giveBack(space, name, owner);
  }

  #giveBack(space: Lockspace, name: string, owner: Owner): AtOnce<void> {
    const resource = space.resources.get(name);
    const at = resource?.owners.indexOf(owner) ?? -1;
    if (!resource || at < 0) return;
    this.#pass("release.begun");
    const left = resource.owners.toSpliced(at, 1);
    recorded(() => {
      if (left.length === 0) this.#records.delete(resource.key);
      else this.#record({ ...resource, owners: left });
    });
    this.#pass("release.recorded");
    resource.owners.splice(at, 1);
    return lastly(
      () => (left.length === 0 ? this.#drop(space, resource) : undefined),
      () => {
        this.#owners.drop(owner);
        this.#o.onChange?.(LockChange.released, resource);
      },
    );
  }

  #drop(space: Lockspace, resource: Resource): AtOnce<void> {
    const { key, name, path, fd, shared, created } = resource;
    this.#leases.delete(resource);
    return lastly(
      () => {
        this.#records.store.remove(key);
        const unlocked =
          fd === undefined ? undefined : this.#files.unlock(fd, path, { remove: created, shared });
        return afterwards(unlocked, () => this.#pass("release.unlocked"));
      },
      () => {
        space.resources.delete(name);
        if (--this.#held === 0) this.#releaseInhibit?.();
      },
    );
  }

  #add(space: Lockspace, resource: Resource): void {
    space.resources.set(resource.name, resource);
    this.#watch(resource);
    if (++this.#held === 1) this.#releaseInhibit = this.#o.inhibit();
  }

  /** Looks after a lock that can be lost. */
  #watch(resource: Resource): void {
    const { fd, path } = resource;
    if (fd !== undefined) resource.device ??= this.#files.remoteDevice(fd, path);
    if (resource.device) this.#leases.add(resource);
  }

  #aside(work: Promise<void>): void {
    const guarded = work.catch(this.#o.onError);
    this.#background.add(guarded);
    void guarded.finally(() => this.#background.delete(guarded));
  }

  async #onFree(spacePath: string, name: string, work: (path: string) => Promise<void>): Promise<void> {
    const space = this.#space(spacePath);
    const path = pathOf(space, name);
    await this.#order.run(path, async () => {
      if (space.resources.has(name)) throw isLocked(name);
      await work(path);
    });
  }

  #space(path: string): Lockspace {
    const space = this.#spaces.get(path);
    if (!space) throw noLockspace(path);
    return space;
  }
}

/** @throws VirError when the record cannot be written */
function recorded(write: () => void): void {
  try {
    write();
  } catch (error) {
    throw notRecorded(error);
  }
}
