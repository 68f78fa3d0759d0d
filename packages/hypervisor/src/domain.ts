import type { CheckpointDef } from "@libvirt-ts/conf/checkpoint";
import type { SnapshotDef } from "@libvirt-ts/conf/snapshot";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Named } from "@libvirt-ts/objects";
import { parseUuid, type Uuid } from "@libvirt-ts/util/uuid";
import { DomainJobs } from "./jobs.ts";
import { KeptDefinition } from "./kept-definition.ts";
import { eventOf, type LifecycleEvent } from "./lifecycle.ts";
import { Moments } from "./moments/moments.ts";
import { mayFollow, type State, states } from "./states.ts";

/** What a domain has to say to the rest of the driver. */
export interface DomainWatcher<D extends Named, L> {
  /** Id, state or persistence changed: whatever shows them is out of date. */
  changed(domain: Domain<D, L>): void;
  lifecycle(domain: Domain<D, L>, event: LifecycleEvent): void;
}

export interface NewDomain<D extends Named, L> {
  def: D;
  isPersistent: boolean;
  watcher: DomainWatcher<D, L>;
}

type Held<D extends object> = D | KeptDefinition<D>;

const modelOf = <D extends object>(held: Held<D>): D => (held instanceof KeptDefinition ? held.def : held);

const SHUTOFF: State = { name: "shutoff", reason: "unknown" };

/**
 * One guest as the API sees it: its definitions, its state and who may change it.
 * @typeParam D definition
 * @typeParam L what a driver holds about the running guest
 */
export class Domain<D extends Named, L> implements Named {
  /** All its definitions have the same; another one after a rename. */
  name: string;
  readonly uuid: Uuid;
  /** 16 bytes, as on the wire. */
  readonly uuidBytes: Uint8Array;
  readonly jobs = new DomainJobs();
  autostart = false;
  /** It was put aside and goes on at its next start. */
  hasManagedSave = false;
  /** The running guest; set for as long as there is a process. */
  live: L | undefined;
  readonly #watcher: DomainWatcher<D, L>;
  #def: Held<D>;
  #nextDef: Held<D> | undefined;
  #revision = 0;
  #isPersistent: boolean;
  #id = -1;
  #state: State = SHUTOFF;
  #snapshots: Moments<SnapshotDef> | undefined;
  #checkpoints: Moments<CheckpointDef> | undefined;

  constructor({ def, isPersistent, watcher }: NewDomain<D, L>) {
    this.name = def.name;
    this.uuid = def.uuid;
    this.uuidBytes = parseUuid(def.uuid) ?? new Uint8Array(16);
    this.#def = def;
    this.#isPersistent = isPersistent;
    this.#watcher = watcher;
  }

  /**
   * What runs; if nothing runs, what would be started.
   * What does not run may be kept as text; then this is frozen and stays itself only for a while.
   */
  get def(): D {
    return modelOf(this.#def);
  }

  set def(def: D) {
    this.#setDef(def);
  }

  /** The persistent definition while another one runs; as for `def`. */
  get nextDef(): D | undefined {
    return this.#nextDef && modelOf(this.#nextDef);
  }

  set nextDef(def: D | undefined) {
    this.#nextDef = def;
    this.#revision++;
  }

  #setDef(def: Held<D>): void {
    this.#def = def;
    if (!(def instanceof KeptDefinition)) this.name = def.name;
    this.#revision++;
  }

  /** The definition of the next start is another one. @param name it has, if that is another one, too */
  configure(def: KeptDefinition<D>, name = this.name): void {
    if (this.isActive) this.#nextDef = def;
    else this.#def = def;
    this.name = name;
    this.#revision++;
  }

  /** Goes on as what is about to run; the persistent definition waits. */
  runAs(def: D): void {
    this.#nextDef = this.#isPersistent ? this.#def : undefined;
    this.#setDef(def);
  }

  /** What ran is over: the persistent definition takes its place. */
  settle(): void {
    if (this.#nextDef) this.#setDef(this.#nextDef);
    this.nextDef = undefined;
  }

  /** The persistent definition as text, where it is kept so. */
  get keptConfig(): KeptDefinition<D> | undefined {
    const held = this.#nextDef ?? this.#def;
    return this.#isPersistent && held instanceof KeptDefinition ? held : undefined;
  }

  get snapshots(): Moments<SnapshotDef> {
    this.#snapshots ??= new Moments(ErrorDomain.DOMAIN);
    return this.#snapshots;
  }

  get checkpoints(): Moments<CheckpointDef> {
    this.#checkpoints ??= new Moments(ErrorDomain.DOMAIN);
    return this.#checkpoints;
  }

  /** How many there are; asking does not make room for any. */
  get momentCounts(): { snapshots: number; checkpoints: number } {
    return { snapshots: this.#snapshots?.size ?? 0, checkpoints: this.#checkpoints?.size ?? 0 };
  }

  /** Grows with every change of the definitions: a key for caches of what is made from them. */
  get revision(): number {
    return this.#revision;
  }

  /** Says that a definition was changed in place. */
  noteChange(): void {
    this.#revision++;
  }

  /** Positive while active, else -1. */
  get id(): number {
    return this.#id;
  }

  set id(id: number) {
    this.#id = id;
    this.#watcher.changed(this);
  }

  get isActive(): boolean {
    return this.#id !== -1;
  }

  get isPersistent(): boolean {
    return this.#isPersistent;
  }

  set isPersistent(value: boolean) {
    this.#isPersistent = value;
    this.#watcher.changed(this);
  }

  get state(): State {
    return this.#state;
  }

  /** The definition that survives: of the next start if one runs, else the only one. Undefined when transient. */
  get config(): D | undefined {
    return this.#isPersistent ? (this.nextDef ?? this.def) : undefined;
  }

  /**
   * Goes to another state and tells the world.
   * @param event what to tell; by default what reaching `state` means; `null`: nothing
   * @throws VirError INTERNAL_ERROR when the table of states does not know this way
   */
  move(state: State, event: LifecycleEvent | null | undefined = eventOf(state)): void {
    if (!mayFollow(this.#state.name, state.name)) {
      throw new VirError(
        ErrorDomain.DOMAIN,
        ErrorCode.INTERNAL_ERROR,
        `domain '${this.name}' cannot go from ${this.#state.name} to ${state.name}`,
      );
    }
    this.#state = state;
    this.#watcher.changed(this);
    if (event) this.#watcher.lifecycle(this, event);
  }

  /** Takes over a state found at daemon start, without telling anybody. */
  adopt(state: State): void {
    this.#state = state;
    this.#watcher.changed(this);
  }

  /** Says that something happened which is no change of state: defined, started. */
  announce(event: LifecycleEvent): void {
    this.#watcher.lifecycle(this, event);
  }

  /** @throws VirError OPERATION_INVALID "domain is not running" */
  requireActive(): void {
    if (!this.isActive)
      throw new VirError(ErrorDomain.DOMAIN, ErrorCode.OPERATION_INVALID, "domain is not running");
  }

  /** The number of the state, for lists. */
  get stateNumber(): number {
    return states[this.#state.name].number;
  }
}
