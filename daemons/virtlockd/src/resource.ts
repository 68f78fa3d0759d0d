import { join } from "node:path";
import { badName } from "./errors.ts";
import type { Owner } from "./owners.ts";

/** A locked resource; it exists only while locked. */
export interface Resource {
  /** Of its record. */
  readonly key: string;
  /** Directory of its lockspace; "" is the default one. */
  readonly space: string;
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
  /** Of its file system, if another host serves it; "" if this one does; undefined while nobody has looked. */
  device: string | undefined;
  /** The kernel or the file server gave the lock away. */
  isLost: boolean;
}

export interface Lockspace {
  /** Resources are files here; the default lockspace has none, its resources are named by path. */
  readonly directory: string | undefined;
  readonly resources: Map<string, Resource>;
}

/** @throws VirError LOCKSPACE/INVALID_ARG for a name that leaves the lockspace */
export function pathOf({ directory }: Lockspace, name: string): string {
  if (directory === undefined) return name;
  if (name === "" || name === "." || name === ".." || name.includes("/")) throw badName(name);
  return join(directory, name);
}

export function* heldBy({ resources }: Lockspace, owner: Owner): Iterable<Resource> {
  for (const resource of resources.values()) if (resource.owners.includes(owner)) yield resource;
}
