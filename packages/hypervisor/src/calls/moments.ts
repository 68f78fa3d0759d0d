import { checkFlags, ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { NonnullDomain } from "@libvirt-ts/protocol";
import { listMoments, type MomentListing } from "../moments/list.ts";
import type { Moment, MomentDef, Moments } from "../moments/moments.ts";
import { type AnyDomain, type DomainDriver, findDomain } from "./common.ts";

/** A snapshot or checkpoint as clients name it. */
export interface WireMoment {
  name: string;
  dom: NonnullDomain;
}

/** What tells snapshots and checkpoints apart. */
export interface MomentKind<D extends MomentDef> {
  readonly word: "snapshot" | "checkpoint";
  readonly code: ErrorCode;
  readonly listing: MomentListing<D>;
  of(domain: AnyDomain): Moments<D>;
}

export interface FoundMoment<V extends AnyDomain, D extends MomentDef> {
  readonly domain: V;
  readonly moment: Moment<D>;
}

/** What all calls about one kind of moments are made of. */
export class MomentCalls<V extends AnyDomain, D extends MomentDef> {
  readonly #driver: DomainDriver<V>;
  readonly #kind: MomentKind<D>;

  constructor(driver: DomainDriver<V>, kind: MomentKind<D>) {
    this.#driver = driver;
    this.#kind = kind;
  }

  /** @param name of the function in error texts, without the driver's prefix */
  checkFlags(flags: number, known: number, name: string): void {
    checkFlags(flags, known, this.#driver.prefix + name, this.#driver.errorDomain);
  }

  /** @throws VirError NO_DOMAIN */
  domain(dom: NonnullDomain): V {
    return findDomain(this.#driver, dom);
  }

  /** @throws VirError NO_DOMAIN, NO_DOMAIN_SNAPSHOT, NO_DOMAIN_CHECKPOINT */
  find({ name, dom }: WireMoment): FoundMoment<V, D> {
    const domain = this.domain(dom);
    const moment = this.#kind.of(domain).byName(name);
    if (!moment) throw this.none(`no domain ${this.#kind.word} with matching name '${name}'`);
    return { domain, moment };
  }

  none(detail: string): VirError {
    return new VirError(this.#driver.errorDomain, this.#kind.code, detail);
  }

  /** @throws VirError when it has none */
  parent(wire: WireMoment): WireMoment {
    const { parent, name } = this.find(wire).moment.def;
    if (parent === undefined) throw this.none(`${this.#kind.word} '${name}' does not have a parent`);
    return { name: parent, dom: wire.dom };
  }

  /** All of a guest. @param name of the function in error texts */
  list(dom: NonnullDomain, flags: number, name: string): WireMoment[] {
    this.checkFlags(flags, this.#kind.listing.flags, name);
    const domain = this.domain(dom);
    return this.#listed(this.#kind.of(domain), dom, { flags });
  }

  /** Those below one. @param name of the function in error texts */
  children(wire: WireMoment, flags: number, name: string): WireMoment[] {
    this.checkFlags(flags, this.#kind.listing.flags, name);
    const { domain, moment } = this.find(wire);
    return this.#listed(this.#kind.of(domain), wire.dom, { flags, from: moment });
  }

  #listed(moments: Moments<D>, dom: NonnullDomain, how: { flags: number; from?: Moment<D> }): WireMoment[] {
    return listMoments(moments, this.#kind.listing, how).map(({ def }) => ({ name: def.name, dom }));
  }
}

/** What a list call that may ask for the number only answers with. */
export const listedMoments = (found: WireMoment[], needResults: number): WireMoment[] =>
  needResults === 0 ? [] : found;

/** @throws VirError INVALID_ARG when all bits of one of the pairs are set, as the public API puts it */
export function refusePairs(
  flags: number,
  pairs: readonly (readonly [readonly [number, string], readonly [number, string]])[],
  errorDomain: ErrorDomain = ErrorDomain.DOMAIN,
): void {
  for (const [[one, oneName], [other, otherName]] of pairs) {
    if ((flags & one) === 0 || (flags & other) === 0) continue;
    const message = `Flags '${oneName}' and '${otherName}' are mutually exclusive`;
    throw new VirError(errorDomain, ErrorCode.INVALID_ARG, message, { message });
  }
}

/** @throws VirError INVALID_ARG when a bit is set without the one it needs */
export function requireWith(
  flags: number,
  [[bit, name], [needed, neededName]]: readonly [readonly [number, string], readonly [number, string]],
  errorDomain: ErrorDomain,
): void {
  if ((flags & bit) === 0 || (flags & needed) !== 0) return;
  const message = `Flag '${neededName}' is required by flag '${name}'`;
  throw new VirError(errorDomain, ErrorCode.INVALID_ARG, message, { message });
}
