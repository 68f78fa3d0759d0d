import {
  attr,
  attrOf,
  child,
  custom,
  element,
  fixed,
  type Infer,
  onOff,
  positive,
  uint,
  yesNo,
} from "@libvirt-ts/xml";
import { absPath, aliasName, usbPort } from "../types.ts";
import { Address, compareAddresses } from "./address.ts";
import { internalError } from "./errors.ts";

/** What an s390 guest is told to boot: up to eight letters, digits, dots and blanks. */
export const loadparm = attr("loadparm", {
  parse(text: string) {
    const upper = text.toUpperCase();
    if (text.length < 1 || text.length > 8)
      throw internalError(`loadparm value '${upper}' must be between 1 and 8 characters`);
    const odd = /[^A-Z0-9. ]/.exec(upper);
    if (odd)
      throw internalError(
        `invalid loadparm char '${odd[0]}', expecting chars in set of [a-zA-Z0-9.] and blank spaces`,
      );
    return upper;
  },
  format: (value: string) => value,
});

const Boot = element("boot", { order: attr("order", positive, { required: true }), loadparm });

/** The option ROM of a card. */
const Rom = element("rom", {
  enabled: attr("enabled", yesNo),
  bar: attr("bar", onOff),
  file: attr("file", absPath),
});
export type Rom = Infer<typeof Rom>;

/** Names a user gave a device start so; they belong to the persistent form too. */
export const userAliasPrefix = "ua-";
const isKept = (name: string, inactive: boolean | undefined) =>
  !inactive || (name.startsWith(userAliasPrefix) && /^[\w-]*$/.test(name));

/** The name of a device in the running guest. */
const alias = custom<string>({
  tags: ["alias"],
  like: { alias: attrOf("alias", "name", aliasName) },
  parse(from, context) {
    const name = from.children.find((each) => each.name === "alias")?.attrs.name;
    return name !== undefined && name !== "" && isKept(name, context.inactive) ? name : undefined;
  },
  formatBody(name, writer, context) {
    if (!isKept(name, context.inactive)) return;
    writer.open("alias");
    writer.attr("name", name);
    writer.close("alias");
  },
});

/** What each device has at its end: its name, its place and (where it applies) its turn at booting. */
export const info = {
  alias,
  acpiIndex: attrOf("acpi", "index", positive, { strict: { bare: true } }),
  address: fixed(
    (source, target) => compareAddresses(source as Address | undefined, target as Address | undefined), // values of the field
    child(Address),
  ),
};

/** `info` of what the firmware may boot from. */
export const bootInfo = { boot: child(Boot), ...info };

/** `info` of what may carry an option ROM. */
export const romInfo = {
  boot: child(Boot),
  alias,
  rom: child(Rom),
  acpiIndex: info.acpiIndex,
  address: info.address,
};

/** `info` of controllers: companions name the first port they take. */
export const masterInfo = {
  alias,
  masterStartPort: attrOf("master", "startport", usbPort(uint)),
  acpiIndex: info.acpiIndex,
  address: info.address,
};
export type BootOrder = Infer<typeof Boot>;
export { Boot };
