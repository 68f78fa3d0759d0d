import { DomainModificationImpact } from "@libvirt-ts/api";
import { arg, type Completer, flag, named, ShellError, text } from "@libvirt-ts/cli";
import type { Connect } from "@libvirt-ts/client";
import type { Context } from "../context.ts";

/* Options that many commands have. */

/** Completes by the names of what a call lists. */
export const namesOf =
  (list: (connect: Connect) => Promise<readonly { readonly name: string }[]>): Completer<Context> =>
  async ({ connect }) =>
    (await list(connect)).map(({ name }) => name);

export const domain = arg(
  "name, id or UUID of the domain",
  namesOf((connect) => connect.listAllDomains()),
);

/** Which of a domain's definitions is meant. */
export const affect = {
  config: flag("change what its next start uses"),
  live: flag("change it while it runs"),
  current: flag("change it in the state it is in"),
} as const;

/** The same, with the older way to mean both. */
export const affectPersistent = {
  persistent: flag("change it for good, and now if it runs"),
  ...affect,
} as const;

/** A part of the XML. */
export const xpathView = {
  xpath: named(text("only what this XPath finds")),
  wrap: flag("one root around what was found"),
} as const;

export interface Affect {
  readonly config: boolean;
  readonly live: boolean;
  readonly current: boolean;
}

/**
 * The flags of that choice.
 * @throws ShellError if it contradicts itself
 */
export function impactOf({ config, live, current }: Affect): number {
  exclusive({ current, live });
  exclusive({ current, config });
  const { CONFIG, LIVE } = DomainModificationImpact;
  return (config ? CONFIG : 0) | (live ? LIVE : 0);
}

/** Flags of those that are chosen. */
export const flagsOf = (choices: readonly (readonly [boolean, number])[]): number =>
  choices.reduce((flags, [isChosen, flag]) => (isChosen ? flags | flag : flags), 0);

/** @throws ShellError if more than one is given. @param options by their names */
export function exclusive(options: Readonly<Record<string, unknown>>): void {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== false);
  const [first, second] = given;
  if (first === undefined || second === undefined) return;
  throw new ShellError(`Options --${first[0]} and --${second[0]} are mutually exclusive`);
}

/** @throws ShellError if `name` is given without the other */
export function requires(name: string, given: unknown, other: string, otherGiven: unknown): void {
  const isGiven = (value: unknown) => value !== undefined && value !== false;
  if (isGiven(given) && !isGiven(otherGiven))
    throw new ShellError(`Option --${other} is required by option --${name}`);
}

/** The flags of "those that run", "those that do not" and "all". */
export const activityOf = (
  { all, inactive }: { all: boolean; inactive: boolean },
  { ACTIVE, INACTIVE }: { ACTIVE: number; INACTIVE: number },
): number => (all ? ACTIVE | INACTIVE : inactive ? INACTIVE : ACTIVE);

/** In the order of their names, as people sort: letters of both cases alike. */
export const byName = <T extends { readonly name: string }>(objects: readonly T[]): T[] =>
  [...objects].sort((a, b) => {
    const [first, second] = [a.name.toLowerCase(), b.name.toLowerCase()];
    return first < second ? -1 : first > second ? 1 : 0;
  });

export const yesNo = (claim: boolean | number): string => (claim ? "yes" : "no");

export const networkNames = namesOf((connect) => connect.listAllNetworks());
export const poolNames = namesOf((connect) => connect.listAllStoragePools());
export const interfaceNames = namesOf((connect) => connect.listAllInterfaces());
export const deviceNames = namesOf((connect) => connect.listAllNodeDevices());
export const filterNames = namesOf((connect) => connect.listAllNwfilters());
