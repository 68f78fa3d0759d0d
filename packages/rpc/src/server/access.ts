import type { AccessAttributes, AccessControl, Caller, Rule } from "@libvirt-ts/access/rules";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import type { AclRule, CallRow } from "@libvirt-ts/protocol";
import { processStartTime } from "./process-start-time.ts";
import type { Call, Client, Service } from "./types.ts";

/** What a server with access drivers asks; without any there is none of this. */
export class AccessGuard {
  readonly #control: AccessControl;
  readonly #log: Logger;
  readonly #startTime: (pid: number) => bigint | undefined;
  /** Rules of events and lists, compiled once. */
  readonly #rules = new Map<AclRule, Rule>();

  constructor(control: AccessControl, log: Logger, startTime = processStartTime) {
    this.#control = control;
    this.#log = log;
    this.#startTime = startTime;
  }

  /** The rules of a call, for `checkCall`. */
  rulesOf(row: CallRow): readonly Rule[] {
    return row.acl.map((rule) => this.#rule(rule));
  }

  /**
   * @returns once every rule that applies allows the call; if there is no such object the handler will say so
   * @throws VirError ACCESS_DENIED
   */
  async checkCall(rules: readonly Rule[], service: Service, args: unknown, call: Call): Promise<void> {
    if (service.isOpenToAll) return;
    for (const rule of rules) {
      if (!rule.applies(args)) continue;
      const about = rule.object === "connect" ? {} : await service.access?.objectOf(rule.object, args, call);
      if (about === null) continue;
      if (about === undefined) throw denied();
      if (!(await this.#ask(call.client, rule, service, about))) {
        throw denied(`'${service.access?.driver ?? "unknown"}' denied access`);
      }
    }
  }

  /** Whether an object is shown to the client, by the `aclFilter` of a row. */
  async isVisible(
    client: Client,
    filter: AclRule,
    service: Service,
    about: AccessAttributes,
  ): Promise<boolean> {
    try {
      return await this.#ask(client, this.#rule(filter), service, about);
    } catch {
      return false; // #ask has logged why
    }
  }

  async #ask(
    client: Client,
    { object, permission }: Rule,
    { access }: Service,
    about: AccessAttributes,
  ): Promise<boolean> {
    const attributes = { connect_driver: access?.driver ?? "unknown", ...about };
    try {
      return await this.#control.allows({ caller: this.#caller(client), object, permission, attributes });
    } catch (cause) {
      this.#log.error({ client: client.id, object, permission, err: cause }, "cannot decide on access");
      throw denied(undefined, { cause });
    }
  }

  /** The start time is noted at the first question: later the number may be another process's. */
  #caller(client: Client): Caller {
    const { pid, processTime } = client.identity;
    if (pid !== undefined && processTime === undefined) {
      const started = this.#startTime(pid);
      if (started !== undefined) client.identity = { ...client.identity, processTime: started };
    }
    return client.identity;
  }

  #rule(text: AclRule): Rule {
    let rule = this.#rules.get(text);
    if (rule === undefined) {
      rule = this.#control.compile(text);
      this.#rules.set(text, rule);
    }
    return rule;
  }
}

/** Without a detail for what is no decision: why is nobody's business but the log's. */
const denied = (detail?: string, options?: ErrorOptions) =>
  new VirError(ErrorDomain.ACCESS, ErrorCode.ACCESS_DENIED, detail, options);

/**
 * The objects of a list that the caller may see.
 * @param attributesOf as `ServiceAccess.objectOf` tells them
 */
export async function visible<T>(
  call: Call,
  objects: readonly T[],
  attributesOf: (object: T) => AccessAttributes,
): Promise<readonly T[]> {
  const { aclFilter } = call.row;
  const { maySee } = call.client;
  if (maySee === undefined || aclFilter === undefined) return objects;
  const shown = await Promise.all(objects.map((object) => maySee(aclFilter, attributesOf(object))));
  return objects.filter((_, i) => shown[i]);
}
