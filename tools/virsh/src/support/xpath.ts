import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { XmlElement } from "@libvirt-ts/xml";

/*
 * The part of XPath 1.0 that finds nodes in libvirt's documents: paths of names, "*", "//", "..", attributes and text(), with
 * predicates that count, or ask for an attribute or a child and its value, and "|".
 */

/** What a path finds; elements know where they are. */
export type Node =
  | { readonly kind: "element"; readonly element: XmlElement; readonly parent: Node | undefined }
  | { readonly kind: "attribute"; readonly name: string; readonly value: string }
  | { readonly kind: "text"; readonly value: string };

interface Step {
  readonly axis: "child" | "attribute" | "self" | "parent";
  /** It may lie any number of levels below. */
  readonly deep: boolean;
  /** "*" is any; "text()" is text. */
  readonly test: string;
  readonly predicates: readonly Predicate[];
}

type Predicate =
  | { readonly position: number | "last" }
  | { readonly path: readonly Step[]; readonly value?: string };

/**
 * The nodes an expression finds, in its own order.
 * @returns undefined if its value is no set of nodes
 * @throws VirError if it is none, or of a kind we do not know
 */
export function select(root: XmlElement, expression: string): Node[] | undefined {
  if (/^\s*(string|count|concat|name|normalize-space|sum|boolean|number|not|\d|'|")[\s(]?/.test(expression)) {
    return undefined;
  }
  const document: Node = {
    kind: "element",
    element: { ...root, name: "", attrs: {}, children: [root] },
    parent: undefined,
  };
  const found = splitAt(expression, "|").flatMap((path) =>
    walk([document], parsePath(path.trim(), expression)),
  );
  return found.filter((node, at) => found.findIndex((other) => isSame(other, node)) === at);
}

const isSame = (a: Node, b: Node): boolean =>
  a === b || (a.kind === "element" && b.kind === "element" && a.element === b.element);

function parsePath(path: string, whole: string): Step[] {
  const steps: Step[] = [];
  const pattern = /(\/{0,2})(@?)([\w.:-]+(?:\(\))?|\*|\.\.?)((?:\[[^\]]*\])*)/y;
  while (pattern.lastIndex < path.length) {
    const match = pattern.exec(path);
    if (match === null || (steps.length > 0 && match[1] === "")) throw invalid(whole);
    const [, slashes = "", at = "", test = "", predicates = ""] = match;
    const axis = at === "@" ? "attribute" : test === "." ? "self" : test === ".." ? "parent" : "child";
    if (test.endsWith("()") && test !== "text()") throw invalid(whole);
    steps.push({ axis, deep: slashes === "//", test, predicates: parsePredicates(predicates, whole) });
  }
  if (steps.length === 0) throw invalid(whole);
  return steps;
}

function parsePredicates(text: string, whole: string): Predicate[] {
  return [...text.matchAll(/\[([^\]]*)\]/g)].map(([, inner = ""]) => {
    const trimmed = inner.trim();
    if (/^\d+$/.test(trimmed)) return { position: Number(trimmed) };
    if (/^last\(\)$/.test(trimmed)) return { position: "last" };
    const [, path = "", , value] = /^([^=]+?)\s*(?:=\s*(['"])(.*)\2)?$/.exec(trimmed) ?? [];
    return { path: parsePath(path, whole), ...(value !== undefined && { value }) };
  });
}

function walk(from: readonly Node[], steps: readonly Step[]): Node[] {
  return steps
    .reduce<readonly Node[]>((nodes, step) => nodes.flatMap((node) => take(node, step)), from)
    .slice();
}

function take(node: Node, step: Step): Node[] {
  if (node.kind !== "element") return [];
  const starts = step.deep ? [node, ...below(node)] : [node];
  return starts.flatMap((start) =>
    filtered(step.axis === "self" ? [start] : near(start, step), step.predicates),
  );
}

/** All elements below one. */
function below(node: Node): (Node & { kind: "element" })[] {
  return childrenOf(node).flatMap((child) => [child, ...below(child)]);
}

function childrenOf(node: Node): (Node & { kind: "element" })[] {
  if (node.kind !== "element") return [];
  return node.element.children.map((element) => ({ kind: "element", element, parent: node }));
}

function near(node: Node, { axis, test }: Step): Node[] {
  if (node.kind !== "element") return [];
  if (axis === "parent") return node.parent === undefined ? [] : [node.parent];
  if (axis === "attribute") {
    const named = Object.entries(node.element.attrs).filter(([name]) => test === "*" || name === test);
    return named.map(([name, value]) => ({ kind: "attribute", name, value }));
  }
  if (test === "text()")
    return node.element.text.trim() === "" ? [] : [{ kind: "text", value: node.element.text }];
  return childrenOf(node).filter(({ element }) => test === "*" || nameOf(element) === test);
}

const nameOf = ({ prefix, name }: XmlElement) => (prefix === "" ? name : `${prefix}:${name}`);

function filtered(nodes: Node[], predicates: readonly Predicate[]): Node[] {
  return predicates.reduce(
    (left, predicate) =>
      left.filter((node, at) => {
        if ("position" in predicate)
          return at + 1 === (predicate.position === "last" ? left.length : predicate.position);
        const found = walk([node], predicate.path);
        return predicate.value === undefined
          ? found.length > 0
          : found.some((each) => textOf(each) === predicate.value);
      }),
    nodes,
  );
}

const textOf = (node: Node): string => (node.kind === "element" ? node.element.text : node.value);

function splitAt(text: string, separator: string): string[] {
  const quoted = /'[^']*'|"[^"]*"/g;
  const hidden = text.replace(quoted, (each) => each.replaceAll(separator, "\0"));
  return hidden.split(separator).map((each) => each.replaceAll("\0", separator));
}

const invalid = (expression: string) =>
  new VirError(ErrorDomain.NONE, ErrorCode.INTERNAL_ERROR, `Incorrect xpath '${expression}'`);
