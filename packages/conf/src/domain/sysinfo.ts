import {
  attr,
  child,
  custom,
  element,
  type Infer,
  leaves,
  list,
  str,
  strictlyOneOf,
  text,
  variant,
} from "@libvirt-ts/xml";
import { cleanAbsPath } from "../types.ts";
import { xmlError } from "./errors.ts";
import { attrOneOf } from "./words.ts";

/** Entries of one SMBIOS block by name; written in the order of `names`. */
function block<const N extends readonly string[]>(tag: string, names: N) {
  type Entries = { [K in N[number]]?: string | undefined };
  return element(tag, {
    entries: custom<Entries>({
      tags: ["entry"],
      like: {
        entries: list(
          element("entry", {
            name: attr("name", strictlyOneOf(str, names), { required: true }),
            value: text(str),
          }),
        ),
      },
      parse(from) {
        const entries: Entries = {};
        for (const each of from.children) {
          const name = names.find((known) => known === each.attrs.name) as keyof Entries | undefined; // one of N
          if (name !== undefined && !(name in entries)) entries[name] = each.text || undefined;
        }
        return entries;
      },
      formatBody(entries, writer) {
        for (const name of names) {
          const value = entries[name as keyof Entries]; // one of N
          if (value === undefined) continue;
          writer.open("entry");
          writer.attr("name", name);
          writer.closeWithText("entry", value);
        }
      },
    }),
  });
}

const Fwcfg = element(
  "entry",
  {
    name: attr("name", str, {
      required: true,
      missing: () => xmlError("Firmware entry is missing 'name' attribute"),
    }),
    file: attr("file", cleanAbsPath),
    value: text(str),
  },
  {
    read(entry) {
      if (entry.file !== undefined) entry.value = undefined;
      else if (entry.value === undefined)
        throw xmlError("Firmware entry must have either value or 'file' attribute");
    },
  },
);

/** What firmware tells the guest about its machine. */
export const Sysinfo = element("sysinfo", {
  type: attrOneOf("type", ["smbios", "fwcfg"], { required: true }),
  $kind: variant("type", {
    smbios: {
      bios: child(block("bios", ["vendor", "version", "date", "release"])),
      system: child(
        block("system", ["manufacturer", "product", "version", "serial", "uuid", "sku", "family"]),
      ),
      baseBoards: list(
        block("baseBoard", ["manufacturer", "product", "version", "serial", "asset", "location"]),
      ),
      chassis: child(block("chassis", ["manufacturer", "version", "serial", "asset", "sku"])),
      processors: list(
        block("processor", [
          "socket_destination",
          "type",
          "family",
          "manufacturer",
          "signature",
          "version",
          "external_clock",
          "max_speed",
          "status",
          "serial_number",
          "part_number",
        ]),
      ),
      memoryDevices: list(
        block("memory_device", [
          "size",
          "form_factor",
          "locator",
          "bank_locator",
          "type",
          "type_detail",
          "speed",
          "manufacturer",
          "serial_number",
          "part_number",
        ]),
      ),
      oemStrings: child(element("oemStrings", { entries: leaves("entry", str) })),
    },
    fwcfg: { entries: list(Fwcfg) },
  }),
});
export type Sysinfo = Infer<typeof Sysinfo>;
