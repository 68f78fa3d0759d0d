import { type Context, parseXml, type XmlElement, XmlWriter } from "@libvirt-ts/xml";
import { checkDomain } from "./check/check.ts";
import type { DomainDef } from "./def.ts";
import { DomainSyntax } from "./domain.ts";
import { xmlError } from "./errors.ts";
import { type DomainHooks, type FillFlags, fillDomain } from "./fill/fill.ts";

export interface ParseDomainOptions extends Context, FillFlags {
  /** What the driver of the guest has to say while values are filled in. */
  readonly hooks?: DomainHooks;
  /** Source of random bytes for a UUID and MAC addresses that are not written. */
  readonly random?: (size: number) => Uint8Array;
  /** The definition was accepted before: sense is not checked again. */
  readonly skipCheck?: boolean;
}

/**
 * Parses, fills in and checks a guest.
 * @throws VirError with libvirt's texts
 */
export function parseDomain(text: string, options: ParseDomainOptions = {}): DomainDef {
  return readDomain(parseXml(text), options);
}

/** As `parseDomain`, from the `<domain>` element. */
export function readDomain(root: XmlElement, options: ParseDomainOptions = {}): DomainDef {
  const syntax = readDomainSyntax(root, options);
  const def = fillDomain(syntax, options);
  if (!options.skipCheck) {
    checkDomain(def);
    options.hooks?.check?.(def);
  }
  return def;
}

/** What is written, and nothing else. */
export function readDomainSyntax(root: XmlElement, context: Context = {}): DomainSyntax {
  if (root.name !== "domain" || root.ns !== "") {
    throw xmlError(`unexpected root element <${root.name}>, expecting <domain>`);
  }
  return DomainSyntax.parse(root, context);
}

/** Writes a guest; the text ends with a line feed. */
export function formatDomain(def: DomainSyntax, context: Context = {}, depth = 0): string {
  const writer = new XmlWriter(depth);
  DomainSyntax.format(def, writer, context);
  return writer.toString();
}
