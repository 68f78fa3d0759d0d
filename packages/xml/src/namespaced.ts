import type { XmlElement, XmlNode } from "./tree.ts";

/** A namespace as it is declared: `xmlns:PREFIX="URI"`. */
export interface Namespace {
  readonly prefix: string;
  readonly uri: string;
}

/** The first child in a namespace, as its owner wrote it: without the namespace that told it from others. */
export function ownChild(parent: XmlElement | undefined, uri: string): XmlElement | undefined {
  const found = parent?.children.find(({ ns }) => ns === uri);
  return found && bare(found, uri);
}

/**
 * A copy of the parent in which one child takes the place of whatever is in its namespace.
 * @param child an element without a namespace; `undefined`: nothing takes the place
 * @param tag the parent's name if there is none yet
 */
export function replaceOwnChild(
  parent: XmlElement | undefined,
  tag: string,
  { child, namespace }: { child: XmlElement | undefined; namespace: Namespace },
): XmlElement {
  const others = (parent?.children ?? []).filter(({ ns }) => ns !== namespace.uri);
  const children = child ? [...others, declared(child, namespace)] : others;
  return { ...(parent ?? emptyElement(tag)), children, content: undefined };
}

const emptyElement = (name: string): XmlElement => ({
  name,
  prefix: "",
  ns: "",
  attrs: {},
  children: [],
  text: "",
  content: undefined,
  line: 0,
  column: 0,
});

function declared(child: XmlElement, { prefix, uri }: Namespace): XmlElement {
  const inside = mapElements(child, (element) =>
    element.ns === "" ? { ...element, prefix, ns: uri } : element,
  );
  const attrs = Object.entries(inside.attrs);
  const isDeclaration = ([name]: [string, string]) => name === "xmlns" || name.startsWith("xmlns:");
  const ordered = [
    ...attrs.filter(isDeclaration),
    [`xmlns:${prefix}`, uri] as const,
    ...attrs.filter((attr) => !isDeclaration(attr)),
  ];
  return { ...inside, attrs: Object.fromEntries(ordered) };
}

function bare(element: XmlElement, uri: string): XmlElement {
  return mapElements(element, (each) => {
    const attrs = Object.entries(each.attrs).filter(
      ([name, value]) => !(value === uri && (name === "xmlns" || name.startsWith("xmlns:"))),
    );
    return {
      ...each,
      ...(each.ns === uri ? { prefix: "", ns: "" } : {}),
      attrs: Object.fromEntries(attrs),
    };
  });
}

/** The element and all below it, changed; a child in `children` and in `content` stays one. */
function mapElements(element: XmlElement, change: (element: XmlElement) => XmlElement): XmlElement {
  const children = new Map(element.children.map((child) => [child, mapElements(child, change)]));
  const content = element.content?.map(
    (node): XmlNode =>
      typeof node === "string" || "kind" in node ? node : (children.get(node) ?? mapElements(node, change)),
  );
  return { ...change(element), children: [...children.values()], content };
}
