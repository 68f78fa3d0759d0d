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

/** One program: entries by procedure number. */
interface DispatchTable {
  readonly prog: number;
  readonly vers: number;
  readonly entries: readonly (Entry | undefined)[];
}

/** What a client may call, by program. */
export class DispatchTables {
  /** The one whose objects events and lists are about. */
  readonly accessService: Service | undefined;
  readonly #tables: readonly DispatchTable[];

  constructor(services: readonly Service[], guard?: AccessGuard) {
    this.#tables = services.map((service) => dispatchTable(service, guard));
    this.accessService = services.find((service) => service.access !== undefined);
  }

  find(prog: number, vers: number): DispatchTable | undefined {
    return this.#tables.find((each) => each.prog === prog && each.vers === vers);
  }
}

function dispatchTable(service: Service, guard?: AccessGuard): DispatchTable {
  const { program, handlers, fallback } = service;
  const entries: (Entry | undefined)[] = [];
  for (const [name, row] of Object.entries(program.procs)) {
    if (row.kind !== "call") continue;
    const handler: Handler<unknown, unknown> | undefined = Reflect.get(handlers, name)?.bind(handlers);
    entries[row.number] = {
      row,
      service,
      handler,
      isRaw: handler === undefined && fallback?.accepts(row) === true,
      readOnlyRule: readOnlyRule(row),
      argumentRule: argumentRule(row),
      accessRules: guard !== undefined && row.acl.length > 0 ? guard.rulesOf(row) : undefined,
    };
  }
  return { prog: program.number, vers: program.version, entries };
}
