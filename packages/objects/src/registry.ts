import type { Uuid } from "@libvirt-ts/util/uuid";

/** What a registry indexes: libvirt's objects have a unique name and a unique UUID. */
export interface Named {
  readonly name: string;
  readonly uuid: Uuid;
}

/**
 * All objects of one kind, by name and by UUID, in the order of their names' arrival.
 * Lookups are synchronous, so a list needs no lock: nothing can change between two lines without an `await`.
 */
export class Registry<T extends Named> {
  readonly #byName = new Map<string, T>();
  readonly #byUuid = new Map<Uuid, T>();
  #version = 0;

  /** Grows whenever the content, or anything reported by `touch`, changes: a key for caches. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#byName.size;
  }

  byName(name: string): T | undefined {
    return this.#byName.get(name);
  }

  byUuid(uuid: Uuid): T | undefined {
    return this.#byUuid.get(uuid);
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#byName.values();
  }

  /** The caller has made sure that neither name nor UUID is taken. */
  add(object: T): void {
    this.#byName.set(object.name, object);
    this.#byUuid.set(object.uuid, object);
    this.touch();
  }

  /** Removes this very object; one that took its place meanwhile stays. */
  remove(object: T): void {
    if (this.#byUuid.get(object.uuid) === object) this.#byUuid.delete(object.uuid);
    if (this.#byName.get(object.name) === object) this.#byName.delete(object.name);
    this.touch();
  }

  /** Says that something a list shows about an object has changed. */
  touch(): void {
    this.#version++;
  }
}
