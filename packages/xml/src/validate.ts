import { VirError } from "@libvirt-ts/errors";
import { nearest } from "./nearest.ts";
import { qualifiedName } from "./plan.ts";
import type { Scalar } from "./scalar.ts";
import type { AttrShape, ChildShape, Shape, TextShape } from "./shape.ts";
import type { XmlElement } from "./tree.ts";

/** Something a document says that its declarations do not allow. */
export interface Problem {
  readonly element: XmlElement;
  /** The attribute it is about. */
  readonly attr?: string;
  /** `/domain/devices/disk[2]/target/@bus` */
  readonly path: string;
  readonly message: string;
}

/** Told of each part of a declaration a document makes use of, by its path: `/domain/devices/disk/target/@bus`. */
export type Touched = (path: string) => void;

/** So many problems are told; a document with more has one that makes the others. */
const mostProblems = 100;

/**
 * Compares an element and all below it with its declaration. Unlike parsing, nothing is passed over: unknown names,
 * stray text, repeated elements, values in a spelling the parser would let pass.
 * @returns the problems in document order, as far as the surroundings make sense; at most 100
 */
export function validateElement(element: XmlElement, shape: Shape, touched?: Touched): Problem[] {
  const problems: Problem[] = [];
  new Walk(problems, touched).element(element, shape, `/${qualifiedName(element)}`);
  return problems;
}

/** All parts that may occur in one element, its variants chosen. */
interface Parts {
  readonly attrs: Map<string, AttrShape>;
  readonly children: Map<string, ChildShape>;
  text: TextShape | undefined;
  isOpen: boolean;
  /** What other variants would allow: `dev` → `type='block'`. */
  readonly elsewhere: Map<string, string>;
}

class Walk {
  readonly #problems: Problem[];
  readonly #touched: Touched | undefined;

  constructor(problems: Problem[], touched: Touched | undefined) {
    this.#problems = problems;
    this.#touched = touched;
  }

  element(element: XmlElement, shape: Shape, path: string): void {
    const before = this.#problems.length;
    if (before >= mostProblems) return;
    const parts = partsOf(shape, element);
    const say = (message: string, attr?: string) =>
      this.#say({
        element,
        path: attr === undefined ? path : `${path}/@${attr}`,
        message,
        ...(attr !== undefined && { attr }),
      });
    this.#attributes(element, parts, path, say);
    this.#text(element, parts, path, say);
    this.#children(element, parts, path, say);
    if (this.#problems.length > before) return;
    const complaint = shape.rule?.(element);
    if (complaint !== undefined) say(complaint);
  }

  #say(problem: Problem): void {
    if (this.#problems.length < mostProblems) this.#problems.push(problem);
  }

  #attributes(
    element: XmlElement,
    parts: Parts,
    path: string,
    say: (message: string, attr?: string) => void,
  ): void {
    for (const name in element.attrs) {
      if (name === "xmlns" || name.startsWith("xmlns:")) continue;
      const known = parts.attrs.get(name);
      if (!known) {
        if (!parts.isOpen)
          say(unknownName(`attribute '${name}' of <${element.name}>`, name, parts, "attrs"), name);
        continue;
      }
      this.#touched?.(`${path}/@${name}`);
      const complaint = complaintAbout(element.attrs[name] ?? "", known.scalar, element, name);
      if (complaint !== undefined) say(complaint, name);
    }
    for (const { name, required } of parts.attrs.values()) {
      if (required && element.attrs[name] === undefined)
        say(`<${element.name}> needs the attribute '${name}'`);
    }
  }

  #text(element: XmlElement, parts: Parts, path: string, say: (message: string) => void): void {
    const { text } = parts;
    const isBlank = element.text.trim() === "";
    if (!text) {
      if (!isBlank && !parts.isOpen) say(`stray text in <${element.name}>: '${short(element.text)}'`);
      return;
    }
    if (!isBlank) this.#touched?.(`${path}/text()`);
    if (isBlank && (element.children.length > 0 || !text.required)) return;
    const complaint = complaintAbout(element.text, text.scalar, element, undefined);
    if (complaint !== undefined) say(complaint);
  }

  #children(element: XmlElement, parts: Parts, path: string, say: (message: string) => void): void {
    const seen = new Map<string, number>();
    for (const child of element.children) {
      const name = qualifiedName(child);
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      const known = parts.children.get(name);
      const childPath = `${path}/${name}${known?.many ? `[${count}]` : ""}`;
      if (!known) {
        if (parts.isOpen) continue;
        const message = unknownName(`element <${name}> in <${element.name}>`, name, parts, "children");
        this.#say({ element: child, path: childPath, message });
        continue;
      }
      this.#touched?.(childPath);
      if (count === 2 && !known.many)
        this.#say({ element: child, path: childPath, message: `<${name}> must occur only once` });
      const shape = known.shape();
      if (shape) this.element(child, shape, childPath);
    }
    for (const { tag, required } of parts.children.values()) {
      if (required && !seen.has(tag)) say(`<${element.name}> needs an element <${tag}>`);
    }
  }
}

function partsOf(shape: Shape, element: XmlElement): Parts {
  const parts: Parts = {
    attrs: new Map(),
    children: new Map(),
    text: undefined,
    isOpen: false,
    elsewhere: new Map(),
  };
  add(parts, shape, element);
  return parts;
}

function add(parts: Parts, shape: Shape, element: XmlElement): void {
  // A variant's own declaration of a name comes before one of the whole element.
  for (const attr of shape.attrs) {
    if (!attr.isStatus && !parts.attrs.has(attr.name)) parts.attrs.set(attr.name, attr);
  }
  for (const { key, cases } of shape.variants) {
    const by = [...parts.attrs.values()].find((attr) => attr.key === key);
    const word = by && (element.attrs[by.name]?.trim() ?? by.fallback);
    const chosen = word === undefined ? undefined : cases.get(word);
    // A word nobody knows is complained about where it stands; here it excludes nothing.
    const isOdd =
      by === undefined || (word !== undefined && !chosen && by.scalar.words?.includes(word) !== true);
    if (chosen) add(parts, chosen, element);
    for (const [other, own] of cases) {
      if (isOdd) add(parts, own, element);
      else if (own !== chosen) mention(parts.elsewhere, own, `${by.name}='${other}'`);
    }
  }
  for (const child of shape.children)
    if (!parts.children.has(child.tag)) parts.children.set(child.tag, child);
  parts.text ??= shape.text;
  parts.isOpen ||= shape.isOpen === true;
}

function mention(into: Map<string, string>, shape: Shape, when: string): void {
  for (const { name } of shape.attrs) if (!into.has(`attrs ${name}`)) into.set(`attrs ${name}`, when);
  for (const { tag } of shape.children) if (!into.has(`children ${tag}`)) into.set(`children ${tag}`, when);
}

function unknownName(what: string, name: string, parts: Parts, kind: "attrs" | "children"): string {
  const when = parts.elsewhere.get(`${kind} ${name}`);
  if (when !== undefined) return `${what} goes with ${when}`;
  return `unknown ${what}${didYouMean(name, parts[kind].keys())}`;
}

/** `; did you mean 'x'?`, or nothing */
export function didYouMean(word: string, known: Iterable<string>): string {
  const meant = nearest(word, known);
  return meant === undefined ? "" : `; did you mean '${meant}'?`;
}

function complaintAbout(
  text: string,
  scalar: Scalar<unknown>,
  element: XmlElement,
  attr: string | undefined,
): string | undefined {
  const where = attr === undefined ? `<${element.name}>` : `attribute '${attr}' of <${element.name}>`;
  const { strict, words } = scalar;
  if (strict) {
    if (strict.test(text)) return undefined;
    return `bad value '${short(text)}' of ${where}: expected ${strict.expected}${didYouMean(text, strict.words ?? [])}`;
  }
  if (words) {
    const word = text.trim();
    if (words.includes(word)) return undefined;
    return `bad value '${short(text)}' of ${where}${didYouMean(word, words) || `: expected ${words.join(", ")}`}`;
  }
  try {
    scalar.parse(text, element, attr);
    return undefined;
  } catch (error) {
    if (error instanceof VirError) return `bad value '${short(text)}' of ${where}`;
    throw error;
  }
}

const short = (text: string): string => {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
};
