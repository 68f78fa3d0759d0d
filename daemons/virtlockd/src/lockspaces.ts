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
} from "./errors.ts";
import type { LockFiles } from "./lock-file.ts";
import type { Owner, Owners } from "./owners.ts";

/** A locked resource; it exists only while locked. */
interface Resource {
  readonly name: string;
  readonly path: string;
  readonly fd: number;
  readonly shared: boolean;
  /** We made the file and remove it with the lock. */
  readonly created: boolean;
  /** One entry per acquisition: a shared resource may be held twice by one owner. */
  readonly owners: Owner[];
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

/** Plain JSON; descriptors are open under the numbers given. */
export interface SavedLockspace {
  readonly directory?: string | undefined;
  readonly resources: readonly {
    name: string;
    path: string;
    fd: number;
    shared: boolean;
    created: boolean;
    owners: number[];
  }[];
}

/**
 * What is locked by whom. Locks are OFD locks on byte 0: they keep out other hosts, C daemons (record locks) and
 * other names of the same file alike, since each belongs to one open file, not to this process.
 * Work on one resource runs in the order it was asked for.
 */
export class Lockspaces {
  readonly #files: LockFiles;
  readonly #owners: Owners;
  readonly #inhibit: () => () => void;
  readonly #spaces = new Map<string, Lockspace>([["", { directory: undefined, resources: new Map() }]]);
  readonly #order = new KeyedLock<string>();
  /** Work that nobody waits for. */
  readonly #background = new Set<Promise<void>>();
  #releaseInhibit: (() => void) | undefined;
  #held = 0;

  /** @param inhibit keeps an idle daemon alive while anything is locked */
  constructor(o: {
    files: LockFiles;
    owners: Owners;
    inhibit: () => () => void;
    onError: (error: unknown) => void;
  }) {
    this.#files = o.files;
    this.#owners = o.owners;
    this.#inhibit = o.inhibit;
    o.owners.onGone((owner) => {
      const work = this.#releaseAll(owner).catch(o.onError);
      this.#background.add(work);
      void work.finally(() => this.#background.delete(work));
    });
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
      this.#spaces.set(path, { directory: path, resources: new Map() });
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
  async acquire(
    spacePath: string,
    name: string,
    owner: Owner,
    { shared, create }: AcquireOptions,
  ): Promise<void> {
    const space = this.#space(spacePath);
    const path = pathOf(space, name);
    await this.#order.run(path, async () => {
      const known = space.resources.get(name);
      if (known) {
        if (!known.shared || !shared) throw isLocked(name);
        known.owners.push(this.#owners.use(owner.pid));
      } else {
        const fd = await this.#files.lock(path, { name, shared, create });
        this.#add(space, { name, path, fd, shared, created: create, owners: [this.#owners.use(owner.pid)] });
      }
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

  /** Resolves when no work is going on that nobody waits for. */
  async settled(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  save(): SavedLockspace[] {
    return [...this.#spaces.values()].map(({ directory, resources }) => ({
      directory,
      resources: [...resources.values()].map((resource) => ({
        ...resource,
        owners: resource.owners.map(({ pid }) => pid),
      })),
    }));
  }

  /** Takes over what the former image of this process held; descriptors are already private again. */
  adopt(saved: readonly SavedLockspace[]): void {
    for (const { directory, resources } of saved) {
      const space: Lockspace = { directory, resources: new Map() };
      this.#spaces.set(directory ?? "", space);
      for (const resource of resources) {
        this.#add(space, { ...resource, owners: resource.owners.map((pid) => this.#owners.use(pid)) });
      }
    }
  }

  async #releaseAll(owner: Owner): Promise<void> {
    for (const space of this.#spaces.values()) {
      for (const { name, path } of [...heldBy(space, owner)]) {
        await this.#order.run(path, async () => {
          while (space.resources.get(name)?.owners.includes(owner))
            await this.#release(space, name, owner.pid);
        });
      }
    }
  }

  async #release(space: Lockspace, name: string, pid: number): Promise<void> {
    const resource = space.resources.get(name);
    if (!resource) throw notLocked(name);
    const index = resource.owners.findIndex((owner) => owner.pid === pid);
    const owner = resource.owners[index];
    if (!owner) throw notOwner(pid);
    resource.owners.splice(index, 1);
    try {
      if (resource.owners.length === 0) await this.#drop(space, resource);
    } finally {
      this.#owners.drop(owner);
    }
  }

  async #drop(space: Lockspace, { name, path, fd, shared, created }: Resource): Promise<void> {
    try {
      await this.#files.unlock(fd, path, { remove: created, shared });
    } finally {
      space.resources.delete(name);
      if (--this.#held === 0) this.#releaseInhibit?.();
    }
  }

  #add(space: Lockspace, resource: Resource): void {
    space.resources.set(resource.name, resource);
    if (++this.#held === 1) this.#releaseInhibit = this.#inhibit();
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

function pathOf({ directory }: Lockspace, name: string): string {
  if (directory === undefined) return name;
  if (name === "" || name === "." || name === ".." || name.includes("/")) throw badName(name);
  return join(directory, name);
}

function* heldBy({ resources }: Lockspace, owner: Owner): Iterable<Resource> {
  for (const resource of resources.values()) if (resource.owners.includes(owner)) yield resource;
}
