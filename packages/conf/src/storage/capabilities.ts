import { XmlWriter } from "@libvirt-ts/xml";
import { type Formats, poolType, type StoragePoolType, storagePoolTypes } from "./pool-types.ts";

/** What pools there can be: all types, and which of them this host supports. */
export function formatStoragePoolCapabilities(supported: readonly StoragePoolType[]): string {
  const writer = new XmlWriter();
  writer.open("storagepoolCapabilities");
  for (const type of storagePoolTypes) {
    const { source, volume } = poolType(type);
    writer.open("pool");
    writer.attr("type", type);
    writer.attr("supported", supported.includes(type) ? "yes" : "no");
    writer.startBody();
    if (source) writeFormats("poolOptions", "sourceFormatType", source, writer);
    if (volume) writeFormats("volOptions", "targetFormatType", volume, writer);
    writer.close("pool");
  }
  writer.close("storagepoolCapabilities");
  return writer.toString();
}

function writeFormats(tag: string, name: string, formats: Formats, writer: XmlWriter): void {
  writer.open(tag);
  writer.open("defaultFormat");
  writer.attr("type", formats.fallback);
  writer.close("defaultFormat");
  writer.open("enum");
  writer.attr("name", name);
  writer.startBody();
  for (const word of formats.isUnlisted ? [] : formats.words) {
    writer.open("value");
    writer.closeWithText("value", word);
  }
  writer.close("enum");
  writer.close(tag);
}
