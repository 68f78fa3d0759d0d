import { TypedParameterFlags } from "@libvirt-ts/api";
import { type TypedParam, withoutStrings } from "@libvirt-ts/protocol";

/** Bit of `flags`: the client understands values that are strings. */
export const STRING_OKAY = TypedParameterFlags.STRING_OKAY;

/**
 * The answer of calls that are made twice: without room for values they tell the number only.
 * @param nparams how many values the client has room for
 */
export function paramsReply(
  all: readonly TypedParam[],
  { nparams, flags }: { nparams: number; flags: number },
): { params: TypedParam[]; nparams: number } {
  const known = (flags & STRING_OKAY) === 0 ? withoutStrings(all) : [...all];
  if (nparams === 0) return { params: [], nparams: known.length };
  const params = known.slice(0, nparams);
  return { params, nparams: params.length };
}
