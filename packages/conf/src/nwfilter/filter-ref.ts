import { attr, custom, element, type Infer, str } from "@libvirt-ts/xml";

/** Values handed to a filter, by name; a name given several times has several values. */
export type FilterParameters = { [name: string]: string[] };

const names = /^[a-zA-Z0-9_]+$/;
const values = /^[a-zA-Z0-9_.:]+$/;

/** Those whose name or value is not of the right form are passed over. Written in order of names. */
const parameters = custom<FilterParameters>({
  tags: ["parameter"],
  parse(from) {
    const found: FilterParameters = {};
    for (const { name: tag, attrs } of from.children) {
      const { name, value } = attrs;
      if (tag !== "parameter" || name === undefined || value === undefined) continue;
      if (names.test(name) && values.test(value)) {
        if (Object.hasOwn(found, name)) found[name]?.push(value);
        else Object.defineProperty(found, name, { value: [value], enumerable: true, writable: true });
      }
    }
    return Object.keys(found).length > 0 ? found : undefined;
  },
  formatBody(given, writer) {
    for (const name of Object.keys(given).sort()) {
      for (const value of given[name] ?? []) {
        writer.open("parameter");
        writer.attr("name", name);
        writer.attr("value", value);
        writer.close("parameter");
      }
    }
  },
});

/** `<filterref>`: all rules of another filter. */
export const FilterRef = element("filterref", {
  filter: attr("filter", str, { required: true }),
  parameters,
});
export type FilterRef = Infer<typeof FilterRef>;
