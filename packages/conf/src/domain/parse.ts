import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type Context, childNamed, parseXml, type XmlElement, XmlWriter } from "@libvirt-ts/xml";
import { arch } from "../types.ts";
import { checkDomain } from "./check/check.ts";
import { checkOs } from "./check/os.ts";
import type { DomainDef } from "./def.ts";
import { DomainSyntax } from "./domain.ts";
import { unsupported } from "./errors.ts";
import { type FillOptions, fillDomain } from "./fill/fill.ts";

export interface ParseDomainOptions extends Context, FillOptions {
  /** The definition was accepted before: sense is not checked again. */
  readonly skipCheck?: boolean;
}

/**
 * Parses, fills in and checks a guest.
 * @throws VirError with libvirt's texts
 */
export function parseDomain(text: string, options: ParseDomainOptions = {}): DomainDef {
  return readDomain(parseXml(text, { errorDomain: ErrorDomain.DOMAIN }), options);
}

/** As `parseDomain`, from the `<domain>` element. */
export function readDomain(root: XmlElement, options: ParseDomainOptions = {}): DomainDef {
  const syntax = readDomainSyntax(root, options);
  // Firmware that contradicts itself is not looked for.
  if (!options.skipCheck && syntax.os) checkOs(syntax.os);
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
    throw new VirError(
      ErrorDomain.XML,
      ErrorCode.XML_ERROR,
      `expecting root element of 'domain', not '${root.name}'`,
    );
  }
  if (!childNamed(root, "name")?.text) throw new VirError(ErrorDomain.DOMAIN, ErrorCode.NO_NAME);
  const syntax = DomainSyntax.parse(root, context);
  const written = syntax.os.type.arch;
  if (written !== undefined && arch.strict?.test(written) === false)
    throw unsupported(`Unknown architecture ${written}`);
  return syntax;
}

/** Writes a guest; the text ends with a line feed. One that is not running (no `id`) has no live parts to show. */
export function formatDomain(def: DomainSyntax, context: Context = {}, depth = 0): string {
  const writer = new XmlWriter(depth);
  const isLive = def.id !== undefined || context.status === true;
  DomainSyntax.format(def, writer, isLive ? context : { ...context, inactive: true });
  return writer.toString();
}
