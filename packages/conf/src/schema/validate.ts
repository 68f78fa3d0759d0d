import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  didYouMean,
  type Problem,
  parseXml,
  type Touched,
  validateElement,
  type XmlElement,
} from "@libvirt-ts/xml";
import { rootsOf, type SchemaName, schemaOfRoot } from "./schemas.ts";

/** Something wrong in a document. Lines and columns count from 1. */
export interface Finding {
  readonly line: number;
  readonly column: number;
  /** `/domain/devices/disk[2]/target/@bus` */
  readonly path: string;
  readonly message: string;
}

/**
 * Compares a document with the declarations of its kind.
 * @returns nothing if it is valid
 * @throws VirError XML/XML_DETAIL if it is not well formed
 */
export function findProblems(text: string, schema: SchemaName, touched?: Touched): Finding[] {
  const root = parseXml(text);
  return problemsOf(root, schema, touched).map((problem) => ({
    ...place(text, problem),
    ...pathAndMessage(problem),
  }));
}

/** The kind of a document, by its root element; `undefined` too if it is not well formed. */
export function schemaOf(text: string): SchemaName | undefined {
  const tag = /^(?:\ufeff|\s|<\?[\s\S]*?\?>|<!--[\s\S]*?-->)*<([\w-]+)/.exec(text)?.[1];
  return tag === undefined ? undefined : schemaOfRoot(tag);
}

/**
 * What the VALIDATE flags ask for, before a document is read. One that is not well formed is left to its reader.
 * @throws VirError XML/XML_INVALID_SCHEMA with every problem, a line each
 */
export function assertValid(text: string, schema: SchemaName): void {
  const findings = isWellFormed(text) ? findProblems(text, schema) : [];
  if (findings.length === 0) return;
  const lines = findings.map(({ line, column, path, message }) => `${line}:${column}: ${path}: ${message}`);
  throw new VirError(
    ErrorDomain.XML,
    ErrorCode.XML_INVALID_SCHEMA,
    `Unable to validate doc against ${schema}\n${lines.join("\n")}`,
  );
}

function isWellFormed(text: string): boolean {
  try {
    parseXml(text);
    return true;
  } catch (error) {
    if (error instanceof VirError) return false;
    throw error;
  }
}

function problemsOf(root: XmlElement, schema: SchemaName, touched?: Touched): Problem[] {
  const roots = rootsOf(schema);
  const shapes = root.ns === "" ? roots.get(root.name) : undefined;
  if (shapes) {
    const verdicts = shapes.map((shape) => validateElement(root, shape, touched));
    return verdicts.reduce((best, other) => (other.length < best.length ? other : best));
  }
  const expected = [...roots.keys()].map((tag) => `<${tag}>`).join(" or ");
  const message = `root element is <${root.name}>, expected ${expected}${didYouMean(root.name, roots.keys())}`;
  return [{ element: root, path: `/${root.name}`, message }];
}

const pathAndMessage = ({ path, message }: Problem) => ({ path, message });

/** Where a problem stands in the text: its attribute, or else the start of its element. */
function place(text: string, { element, attr }: Problem): { line: number; column: number } {
  const at = { line: element.line, column: element.column + 1 };
  if (attr === undefined) return at;
  const start = offsetOf(text, element);
  // Values in quotes are passed over as a whole: they may contain what looks like an attribute.
  const token = /"[^"]*"|'[^']*'|([^\s"'=<>/]+)\s*=|>/y;
  for (let from = start; from < text.length; ) {
    token.lastIndex = from;
    const found = token.exec(text);
    if (!found) {
      from++;
      continue;
    }
    if (found[0] === ">") break;
    if (found[1] === attr) return positionOf(text, found.index);
    from = token.lastIndex;
  }
  return at;
}

function offsetOf(text: string, { line, column }: XmlElement): number {
  let lineStart = 0;
  for (let i = 1; i < line; i++) lineStart = text.indexOf("\n", lineStart) + 1;
  return lineStart + column;
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
