import type { XmlWriter } from "@libvirt-ts/xml";

/** An element around others. */
export function inside(
  writer: XmlWriter,
  tag: string,
  attrs: Record<string, string | number>,
  body: () => void,
): void {
  writer.open(tag);
  for (const [name, value] of Object.entries(attrs)) writer.attr(name, String(value));
  body();
  writer.close(tag);
}

export const empty = (writer: XmlWriter, tag: string, attrs: Record<string, string | number> = {}): void =>
  inside(writer, tag, attrs, () => {});

export function leaf(
  writer: XmlWriter,
  tag: string,
  text: string | number,
  attrs: Record<string, string | number> = {},
): void {
  writer.open(tag);
  for (const [name, value] of Object.entries(attrs)) writer.attr(name, String(value));
  writer.closeWithText(tag, String(text));
}
