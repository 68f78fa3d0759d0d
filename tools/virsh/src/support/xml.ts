import { escapeXml, type XmlElement } from "@libvirt-ts/xml";

/** An element on one line or more, in double quotes, as it stood `depth` levels deep in a document of libvirt's. */
export function dumpElement(element: XmlElement, depth = 0): string {
  const tag = element.prefix === "" ? element.name : `${element.prefix}:${element.name}`;
  const attrs = Object.entries(element.attrs).map(([name, value]) => ` ${name}="${inDouble(value)}"`);
  const start = `<${tag}${attrs.join("")}`;
  if (element.children.length === 0)
    return element.text === "" ? `${start}/>` : `${start}>${escapeText(element.text)}</${tag}>`;
  const inner = element.children.map((child) => `${indent(depth + 1)}${dumpElement(child, depth + 1)}\n`);
  return `${start}>\n${inner.join("")}${indent(depth)}</${tag}>`;
}

const indent = (depth: number) => "  ".repeat(depth);
const escapeText = (text: string) => escapeXml(text).replaceAll("&apos;", "'").replaceAll("&quot;", '"');
const inDouble = (text: string) => escapeXml(text).replaceAll("&apos;", "'");

/** The first element a path of names leads to. */
export function at(element: XmlElement, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>(
    (found, name) => found?.children.find((child) => child.name === name),
    element,
  );
}

/** All elements of a name below a path. */
export function all(element: XmlElement, ...path: readonly string[]): XmlElement[] {
  const name = path.at(-1);
  const parent = at(element, ...path.slice(0, -1));
  return parent?.children.filter((child) => child.name === name) ?? [];
}

export const attribute = (element: XmlElement | undefined, name: string): string | undefined =>
  element?.attrs[name];

/** `<name a='x' b='y'/>`; absent attributes are left out. */
export function tag(
  name: string,
  attrs: Readonly<Record<string, string | undefined>> = {},
  body?: string | readonly string[],
): string {
  const given = Object.entries(attrs).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const start = `<${name}${given.map(([key, value]) => ` ${key}='${escapeXml(value)}'`).join("")}`;
  if (body === undefined) return `${start}/>`;
  if (typeof body === "string") return `${start}>${escapeXml(body)}</${name}>`;
  if (body.length === 0) return `${start}/>`;
  const inner = body.flatMap((each) => each.split("\n")).map((line) => `  ${line}\n`);
  return `${start}>\n${inner.join("")}</${name}>`;
}

/** Elements that are there. */
export const present = (parts: readonly (string | undefined | false)[]): string[] =>
  parts.filter((part): part is string => typeof part === "string" && part !== "");
