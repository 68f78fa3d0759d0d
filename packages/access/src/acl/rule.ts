import type { AclRule } from "@libvirt-ts/protocol";
import { constant } from "./constants.ts";

/** One permission that a call needs. */
export interface Rule {
  /** "connect", "domain", "storage_pool" */
  readonly object: string;
  readonly permission: string;
  /** Whether a call with these arguments needs it. */
  applies(args: unknown): boolean;
}

/**
 * Reads a rule of the protocol tables (see `AclRule`).
 * @throws TypeError for a constant nobody told us the value of
 */
export function parseRule(text: AclRule): Rule {
  const [object = "", permission = "", flags = "", parameter, value] = text.split(":");
  const condition = { object, permission };
  if (parameter !== undefined && value !== undefined) {
    const wanted = constant(value);
    return { ...condition, applies: (args) => field(args, parameter) === wanted };
  }
  if (flags === "") return { ...condition, applies: () => true };
  const isNegated = flags.startsWith("!");
  const bits = flags
    .slice(isNegated ? 1 : 0)
    .split("|")
    .reduce((sum, name) => sum | constant(name), 0);
  return { ...condition, applies: (args) => ((field(args, "flags") & bits) === 0) === isNegated };
}

/** A call without the field has it as 0: older forms of a call lack the flags of newer ones. */
function field(args: unknown, name: string): number {
  const value: unknown = Reflect.get(Object(args), name);
  return typeof value === "number" ? value : 0;
}
