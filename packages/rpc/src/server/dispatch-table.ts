import type { Rule } from "@libvirt-ts/access/rules";
import type { CallRow } from "@libvirt-ts/protocol";
import type { AccessGuard } from "./access.ts";
import { type ArgumentRule, argumentRule } from "./argument-rule.ts";
import { type ReadOnlyRule, readOnlyRule } from "./read-only.ts";
import type { Handler, Service } from "./types.ts";

/** All that is known about a procedure before a call of it arrives. */
export interface Entry {
  readonly row: CallRow;
  readonly service: Service;
  readonly handler: Handler<unknown, unknown> | undefined;
  /** Passed on undecoded. */
  readonly isRaw: boolean;
  /** What a read-only connection is refused; undefined = nothing. */
  readonly readOnlyRule: ReadOnlyRule | undefined;
  /** What the public function refuses; undefined = nothing. */
  readonly argumentRule: ArgumentRule | undefined;
  /** What access drivers are asked for; undefined = nothing. */
  readonly accessRules: readonly Rule[] | undefined;
}

/** What a client may call, by program. */
export class DispatchTables {
  /** The one whose objects events and lists are about. */
  readonly accessService: Service | undefined;
  readonly #tables: readonly DispatchTable[];

  constructor(services: readonly Service[], guard?: AccessGuard) {
    this.#tables = services.map((service) => new DispatchTable(service, guard));
    this.accessService = services.find((service) => service.access !== undefined);
  }

  find(prog: number, vers: number): DispatchTable | undefined {
    return this.#tables.find(({ program }) => program.number === prog && program.version === vers);
  }
}

/** One program. An entry is made when it is first called: a start need not go through 500 procedures. */
class DispatchTable {
  readonly #service: Service;
  readonly #guard: AccessGuard | undefined;
  readonly #entries: (Entry | undefined)[] = [];

  constructor(service: Service, guard: AccessGuard | undefined) {
    this.#service = service;
    this.#guard = guard;
  }

  get program(): Service["program"] {
    return this.#service.program;
  }

  /** @returns undefined for what is no procedure */
  entry(proc: number): Entry | undefined {
    return this.#entries[proc] ?? this.#make(proc);
  }

  #make(proc: number): Entry | undefined {
    const service = this.#service;
    const { program, handlers, fallback } = service;
    const row = program.byNumber.get(proc);
    if (row?.kind !== "call") return undefined;
    const handler: Handler<unknown, unknown> | undefined = Reflect.get(handlers, row.name)?.bind(handlers);
    const entry: Entry = {
      row,
      service,
      handler,
      isRaw: handler === undefined && fallback?.accepts(row) === true,
      readOnlyRule: readOnlyRule(row),
      argumentRule: argumentRule(row),
      accessRules: row.acl.length > 0 ? this.#guard?.rulesOf(row) : undefined,
    };
    this.#entries[proc] = entry;
    return entry;
  }
}
