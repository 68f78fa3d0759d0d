import { join } from "node:path";
import { KeyedLock } from "@libvirt-ts/util/keyed-lock";
import {
  badName,
  defaultLockspaceExists,
  isLocked,
  lockspaceExists,
  noLockspace,
  notLocked,
  notOwner,
  notRecorded,
} from "./errors.ts";
import type { LockFiles } from "./lock-file.ts";
import type { Owner, Owners } from "./owners.ts";
import { type LockRecord, Records } from "./records.ts";
import type { PassStep } from "./steps.ts";

/** A locked resource; it exists only while locked. */
export interface Resource {
  /** Of its record. */
  readonly key: string;
  readonly name: string;
  readonly path: string;
  /** Holds the lock; absent while (or because) it could not be taken again after the former process. */
  fd: number | undefined;
  readonly shared: boolean;
  /** We made the file and remove it with the lock. */
  readonly created: boolean;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** One entry per acquisition: a shared resource may be held twice by one owner. */
  readonly owners: Owner[];
  /** The kernel or the file server gave the lock away. */
  isLost: boolean;
}

interface Lockspace {
  /** Resources are files here; the default lockspace has none, its resources are named by path. */
  readonly directory: string | undefined;
  readonly resources: Map<string, Resource>;
}

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
  readonly onLost?: (resource: Resource) => void;
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
  #releaseInhibit: (() => void) | undefined;
  #held = 0;

  constructor(o: LockspacesOptions) {
    this.#o = o;
    this.#files = o.files;
    this.#owners = o.owners;
    this.#records = o.records ?? new Records();
    this.#pass = o.pass ?? (() => {});
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
    await this.#onFree(spacePath, name, (path) => this.#files.touch(path));
  }

  /** Removes the file of a resource; a missing one is fine. */
  async deleteFile(spacePath: string, name: string): Promise<void> {
    await this.#onFree(spacePath, name, (path) => this.#files.remove(path));
  }

  /** @throws VirError LOCKSPACE/RESOURCE_BUSY when it is locked, here or elsewhere, and not both sides share */
  async acquire(spacePath: string, name: string, owner: Owner, options: AcquireOptions): Promise<void> {
    const space = this.#space(spacePath);
    const path = pathOf(space, name);
    this.#pass("acquire.begun");
    await this.#order.run(path, async () => {
      const known = space.resources.get(name);
      if (!known) await this.#lock(space, name, owner, options);
      else if (known.shared && options.shared) await this.#share(space, known, owner);
      else throw isLocked(name);
    });
    if (owner.isGone) await this.#releaseAll(owner); // it ended while we were at the file
  }

  /** @throws VirError LOCKSPACE: not locked, or not by this owner */
  async release(spacePath: string, name: string, pid: number): Promise<void> {
    const space = this.#space(spacePath);
    await this.#order.run(pathOf(space, name), () => this.#release(space, name, pid));
  }

  /** Whether a process holds anything. */
  isHolder(owner: Owner): boolean {
    return [...this.#spaces.values()].some((space) => [...heldBy(space, owner)].length > 0);
  }

  /** Everything that is locked, with the path of its lockspace. */
  *resources(): Iterable<{ space: string; resource: Resource }> {
    for (const [space, { resources }] of this.#spaces) {
      for (const resource of resources.values()) yield { space, resource };
    }
  }

  /** Resolves when no work is going on that nobody waits for. */
  async settled(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  adoptSpace(directory: string): void {
    this.#spaces.set(directory, { directory, resources: new Map() });
  }

  /**
   * Takes over a lock of the former process, and asks for it again aside.
   * @param fd holds it; without one the lock was free, and whoever took it meanwhile has it
   */
  adopt(key: string, record: LockRecord, owners: Owner[], fd: number | undefined): void {
    const space = this.#space(record.space);
    const resource: Resource = { ...record, key, owners, fd, isLost: false };
    this.#add(space, resource);
    this.#aside(this.#order.run(record.path, () => this.#takeAgain(space, resource)));
  }

  async #takeAgain(space: Lockspace, resource: Resource): Promise<void> {
    const { name, path, shared, key } = resource;
    if (space.resources.get(name) !== resource) return;
    if (resource.fd === undefined) {
      try {
        resource.fd = await this.#files.lock(path, { name, shared, create: false });
        await this.#records.store.put(key, resource.fd);
      } catch {
        this.#lost(resource); // whatever the reason, we do not have it
      }
    } else if ((await this.#files.reask(resource.fd, shared)) < 0) this.#lost(resource);
  }

  #lost(resource: Resource): void {
    if (resource.isLost) return;
    resource.isLost = true;
    this.#o.onLost?.(resource);
  }

  async #lock(
    space: Lockspace,
    name: string,
    owner: Owner,
    { shared, create }: AcquireOptions,
  ): Promise<void> {
    const path = pathOf(space, name);
    const fd = await this.#files.lock(path, { name, shared, create });
    this.#pass("acquire.locked");
    const key = this.#records.newKey("lock");
    const since = this.#o.now?.() ?? Date.now();
    const resource = { key, name, path, fd, shared, created: create, since, owners: [owner], isLost: false };
    try {
      await this.#keep(space, resource);
    } catch (error) {
      this.#records.store.remove(key);
      await this.#files.unlock(fd, path, { remove: create, shared });
      throw notRecorded(error);
    }
    this.#owners.useAgain(owner);
    this.#add(space, resource);
  }

  async #keep(space: Lockspace, resource: Resource): Promise<void> {
    const [owner] = resource.owners;
    const ownerKept = owner && this.#owners.keep(owner);
    if (ownerKept) await ownerKept;
    const kept = resource.fd === undefined ? undefined : this.#records.store.put(resource.key, resource.fd);
    if (kept) await kept;
    this.#pass("acquire.stored");
    this.#record(space, resource);
    this.#pass("acquire.recorded");
  }

  async #share(space: Lockspace, resource: Resource, owner: Owner): Promise<void> {
    const before = [...resource.owners];
    try {
      await this.#owners.keep(owner);
      this.#record(space, { ...resource, owners: [...before, owner] });
    } catch (error) {
      throw notRecorded(error);
    }
    resource.owners.push(this.#owners.useAgain(owner));
    this.#pass("share.recorded");
  }

  #record({ directory = "" }: Lockspace, resource: Resource): void {
    const { key, name, path, shared, created, since } = resource;
    const owners = resource.owners.map((owner) => owner.key);
    this.#records.set("lock", key, { space: directory, name, path, shared, created, since, owners });
  }

  async #releaseAll(owner: Owner): Promise<void> {
    for (const space of this.#spaces.values()) {
      for (const { name, path } of [...heldBy(space, owner)]) {
        await this.#order.run(path, async () => {
          while (space.resources.get(name)?.owners.includes(owner)) await this.#giveBack(space, name, owner);
        });
      }
    }
  }

  async #release(space: Lockspace, name: string, pid: number): Promise<void> {
    const resource = space.resources.get(name);
    if (!resource) throw notLocked(name);
    const owner = resource.owners.find((each) => each.pid === pid);
    if (!owner) throw notOwner(pid);
    await this.#giveBack(space, name, owner);
  }

  async #giveBack(space: Lockspace, name: string, owner: Owner): Promise<void> {
    const resource = space.resources.get(name);
    const at = resource?.owners.indexOf(owner) ?? -1;
    if (!resource || at < 0) return;
    this.#pass("release.begun");
    const left = resource.owners.toSpliced(at, 1);
    recorded(() => {
      if (left.length === 0) this.#records.delete(resource.key);
      else this.#record(space, { ...resource, owners: left });
    });
    this.#pass("release.recorded");
    resource.owners.splice(at, 1);
    try {
      if (left.length === 0) await this.#drop(space, resource);
    } finally {
      this.#owners.drop(owner);
    }
  }

  async #drop(space: Lockspace, { key, name, path, fd, shared, created }: Resource): Promise<void> {
    try {
      this.#records.store.remove(key);
      if (fd !== undefined) await this.#files.unlock(fd, path, { remove: created, shared });
      this.#pass("release.unlocked");
    } finally {
      space.resources.delete(name);
      if (--this.#held === 0) this.#releaseInhibit?.();
    }
  }

  #add(space: Lockspace, resource: Resource): void {
    space.resources.set(resource.name, resource);
    if (++this.#held === 1) this.#releaseInhibit = this.#o.inhibit();
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

function pathOf({ directory }: Lockspace, name: string): string {
  if (directory === undefined) return name;
  if (name === "" || name === "." || name === ".." || name.includes("/")) throw badName(name);
  return join(directory, name);
}

function* heldBy({ resources }: Lockspace, owner: Owner): Iterable<Resource> {
  for (const resource of resources.values()) if (resource.owners.includes(owner)) yield resource;
}
