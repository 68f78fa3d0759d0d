import type { XmlWriter } from "@libvirt-ts/xml";
import type { DomainCapabilitiesRequest, Section, Value } from "./request.ts";

/** `<tag>text</tag>` */
export function leaf(writer: XmlWriter, tag: string, text: string | number | bigint): void {
  leafWith(writer, tag, {}, text);
}

export function leafWith(
  writer: XmlWriter,
  tag: string,
  attrs: Readonly<Record<string, string>>,
  text: string | number | bigint,
): void {
  writer.open(tag);
  for (const [name, value] of Object.entries(attrs)) writer.attr(name, value);
  writer.closeWithText(tag, String(text));
}

/** `<tag name='value'/>` */
export function empty(writer: XmlWriter, tag: string, attrs: Readonly<Record<string, string>>): void {
  writer.open(tag);
  for (const [name, value] of Object.entries(attrs)) writer.attr(name, value);
  writer.close(tag);
}

/** `<tag supported='yes'/>` */
export function support(writer: XmlWriter, tag: string, supported: boolean): void {
  empty(writer, tag, { supported: supported ? "yes" : "no" });
}

export function section(
  writer: XmlWriter,
  { tag, supported, enums }: Section,
  request: DomainCapabilitiesRequest,
): void {
  const isSupported = supported?.(request) ?? true;
  writer.open(tag);
  writer.attr("supported", isSupported ? "yes" : "no");
  if (isSupported) for (const [name, values] of enums) enumeration(writer, name, values, request);
  writer.close(tag);
}

/** `<enum name='…'>` with the values that apply. */
export function enumeration(
  writer: XmlWriter,
  name: string,
  values: readonly Value[],
  request: DomainCapabilitiesRequest,
): void {
  writer.open("enum");
  writer.attr("name", name);
  for (const each of values) {
    if (typeof each === "string") leaf(writer, "value", each);
    else if (each[1](request)) leaf(writer, "value", each[0]);
  }
  writer.close("enum");
}
