import { ErrorCode, type ErrorDomain, VirError } from "@libvirt-ts/errors";

/** What snapshots and checkpoints have in common. */
export interface MomentDef {
  readonly name: string;
  /** The moment before, by its name. */
  parent?: string | undefined;
}

/** A snapshot or checkpoint in its place. */
export interface Moment<D extends MomentDef = MomentDef> {
  readonly def: D;
  readonly parent: Moment<D> | undefined;
  /** The one that was linked last comes first. */
  readonly children: readonly Moment<D>[];
}

interface Node<D extends MomentDef> extends Moment<D> {
  def: D;
  parent: Node<D> | undefined;
  children: Node<D>[];
}

/** All snapshots of a guest, or all its checkpoints: a wood of them, one of which may be the current one. */
export class Moments<D extends MomentDef> {
  readonly #byName = new Map<string, Node<D>>();
  readonly #errorDomain: ErrorDomain;
  #roots: Node<D>[] = [];
  #current: Node<D> | undefined;

  /** @param errorDomain of what is wrong with names */
  constructor(errorDomain: ErrorDomain) {
    this.#errorDomain = errorDomain;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** In the order in which they came. */
  [Symbol.iterator](): IterableIterator<Moment<D>> {
    return this.#byName.values();
  }

  byName(name: string): Moment<D> | undefined {
    return this.#byName.get(name);
  }

  /** Those without a parent, the one linked last first. */
  get roots(): readonly Moment<D>[] {
    return this.#roots;
  }

  /** The one the guest goes on from. */
  get current(): Moment<D> | undefined {
    return this.#current;
  }

  set current(moment: Moment<D> | undefined) {
    this.#current = moment && this.#byName.get(moment.def.name);
  }

  /** All below a moment, or all there are: parents before their children. */
  descendants(of?: Moment<D>): Moment<D>[] {
    return (of?.children ?? this.#roots).flatMap((child) => [child, ...this.descendants(child)]);
  }

  /** @throws VirError OPERATION_FAILED when there is one of this name */
  add(def: D): Moment<D> {
    if (this.#byName.has(def.name))
      throw new VirError(
        this.#errorDomain,
        ErrorCode.OPERATION_FAILED,
        `domain moment ${def.name} already exists`,
      );
    const node: Node<D> = { def, parent: undefined, children: [] };
    this.#byName.set(def.name, node);
    this.#link(node);
    return node;
  }

  /** Gives a moment other words and the parent they name; its children stay. Without one of that name it is new. */
  redefine(def: D): Moment<D> {
    const node = this.#byName.get(def.name);
    if (!node) return this.add(def);
    this.#unlink(node);
    node.def = def;
    this.#link(node);
    return node;
  }

  /** Forgets everything below a moment. The moment takes the place of the current one, if that was below it. */
  removeDescendants(moment: Moment<D>): void {
    const node = this.#nodeOf(moment);
    for (const each of this.descendants(node)) {
      if (each === this.#current) this.#current = node;
      this.#byName.delete(each.def.name);
    }
    node.children = [];
  }

  /** Forgets a moment: its children, and being the current one, go to its parent. */
  remove(moment: Moment<D>): void {
    const node = this.#nodeOf(moment);
    const { parent, children } = node;
    this.#unlink(node);
    for (const child of children) {
      child.parent = parent;
      child.def.parent = parent?.def.name;
    }
    if (parent) parent.children.unshift(...children);
    else this.#roots.unshift(...children);
    if (this.#current === node) this.#current = parent;
    this.#byName.delete(node.def.name);
  }

  clear(): void {
    this.#byName.clear();
    this.#roots = [];
    this.#current = undefined;
  }

  /**
   * Checks that the parent a definition names is there and does not come from it.
   * @throws VirError INVALID_ARG
   */
  checkParent({ name, parent }: MomentDef): void {
    if (parent === undefined) return;
    if (parent === name) throw this.#refused(`cannot set moment ${name} as its own parent`);
    const found = this.#byName.get(parent);
    if (!found) throw this.#refused(`parent ${parent} for moment ${name} not found`);
    for (let each: Node<D> | undefined = found; each; each = each.parent)
      if (each.parent?.def.name === name)
        throw this.#refused(`parent ${each.def.name} would create cycle to ${name}`);
  }

  #refused(detail: string): VirError {
    return new VirError(this.#errorDomain, ErrorCode.INVALID_ARG, detail);
  }

  #nodeOf({ def }: Moment<D>): Node<D> {
    const node = this.#byName.get(def.name);
    if (!node) throw new Error(`moment ${def.name} is of another guest`);
    return node;
  }

  #link(node: Node<D>): void {
    node.parent = node.def.parent === undefined ? undefined : this.#byName.get(node.def.parent);
    (node.parent?.children ?? this.#roots).unshift(node);
  }

  #unlink(node: Node<D>): void {
    const siblings = node.parent?.children ?? this.#roots;
    siblings.splice(siblings.indexOf(node), 1);
  }
}
