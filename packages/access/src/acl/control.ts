import type { AclRule } from "@libvirt-ts/protocol";
import type { Rule } from "./rule.ts";

/** What rules can tell objects apart by: `{ domain_name, domain_uuid }`, names as libvirt's polkit rules have them. */
export type AccessAttributes = Readonly<Record<string, string>>;

/** Who wants something, as far as known. */
export interface Caller {
  readonly pid?: number;
  /** Start time of the process in clock ticks since boot. */
  readonly processTime?: bigint;
  readonly uid?: number;
}

export interface AccessRequest extends Pick<Rule, "object" | "permission"> {
  readonly caller: Caller;
  readonly attributes: AccessAttributes;
}

/** An access driver. */
export interface AccessControl {
  compile(rule: AclRule): Rule;
  /** @throws Error when it cannot be decided, which refuses too */
  allows(request: AccessRequest): Promise<boolean>;
}
