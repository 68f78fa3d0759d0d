/** A comment, a processing instruction or a CDATA section; kept only for text that is handed through. */
export interface XmlAside {
  readonly kind: "comment" | "pi" | "cdata";
  readonly value: string;
}

/** What stands inside an element, in document order. */
export type XmlNode = XmlElement | XmlAside | string;

/**
 * One element of a parsed document. `name` is the local name; `prefix` and `ns` are "" for elements
 * without a prefix and without a namespace.
 */
export interface XmlElement {
  readonly name: string;
  readonly prefix: string;
  /** Namespace URI, default namespaces (`xmlns='...'`) included. */
  readonly ns: string;
  /** Attributes by their written name, `xmlns` declarations included, in document order. */
  readonly attrs: { readonly [name: string]: string };
  readonly children: readonly XmlElement[];
  /** All character data directly inside, CDATA included. */
  readonly text: string;
  /** Everything inside in order; present only where text and elements mix or asides occur. */
  readonly content: readonly XmlNode[] | undefined;
  /** Position of the `<` of the start tag: line from 1, column in characters from 0. */
  readonly line: number;
  readonly column: number;
}

/** First child element of that name, or `undefined`. */
export function childNamed(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of element.children) if (child.name === name) return child;
  return undefined;
}

/** All elements of the same name beside `first` as one: their children, and of each attribute the first. */
export function joined(first: XmlElement, parent: XmlElement): XmlElement {
  const all = parent.children.filter(({ name, ns }) => name === first.name && ns === first.ns);
  if (all.length < 2) return first;
  return {
    ...first,
    attrs: Object.assign({}, ...all.map(({ attrs }) => attrs).reverse()),
    children: all.flatMap(({ children }) => children),
    text: all.map(({ text }) => text).join(""),
    content: undefined,
  };
}

/** An element whose children of one name are one each: the last, with what is in those before. */
export function settled(element: XmlElement): XmlElement {
  const byName = new Map<string, XmlElement>();
  for (const child of element.children) {
    const before = byName.get(child.name);
    byName.set(child.name, before ? { ...child, children: [...before.children, ...child.children] } : child);
  }
  return byName.size === element.children.length ? element : { ...element, children: [...byName.values()] };
}

/** All child elements of that name. */
export function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}
