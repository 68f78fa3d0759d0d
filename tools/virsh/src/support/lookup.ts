import { ShellError } from "@libvirt-ts/cli";
import type { Connect, Domain } from "@libvirt-ts/client";
import { VirError } from "@libvirt-ts/errors";
import { parseUuid } from "@libvirt-ts/util/uuid";

/** Which ways a domain may be named. */
export interface NamedBy {
  readonly id?: boolean;
  readonly uuid?: boolean;
  readonly name?: boolean;
}

/**
 * The domain of that id, UUID or name, tried in this order.
 * @throws ShellError if there is none
 */
export async function findDomain(
  connect: Connect,
  text: string,
  { id = true, uuid = true, name = true }: NamedBy = {},
): Promise<Domain> {
  const ways: (() => Promise<Domain>)[] = [];
  if (id && /^\d{1,10}$/.test(text)) ways.push(() => connect.domainLookupById({ id: Number(text) }));
  if (uuid && isUuid(text)) ways.push(() => connect.domainLookupByUuid({ uuid: text }));
  if (name) ways.push(() => connect.domainLookupByName({ name: text }));
  try {
    return await firstOf(ways, "");
  } catch (error) {
    if (error instanceof ShellError) throw new ShellError(`failed to get domain '${text}'`); // why says no more
    throw error;
  }
}

/** The first way that leads to something. @throws ShellError with `failure` if none does */
export async function firstOf<T>(ways: readonly (() => Promise<T>)[], failure: string): Promise<T> {
  let last: unknown;
  for (const way of ways) {
    try {
      return await way();
    } catch (error) {
      if (!(error instanceof VirError)) throw error;
      last = error;
    }
  }
  throw new ShellError(failure, { cause: last });
}

/** Only the canonical form is taken for a UUID: names may look like the others. */
export const isUuid = (text: string): boolean => text.length === 36 && parseUuid(text) !== undefined;
