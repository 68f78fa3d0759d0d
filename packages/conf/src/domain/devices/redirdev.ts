import {
  asTold,
  attr,
  element,
  fixed,
  type Infer,
  intAnyBase,
  list,
  type Scalar,
  str,
  strictly,
  yesNo,
} from "@libvirt-ts/xml";
import { chardevSourceRefusing, readChardev } from "../chardev.ts";
import { internalError, unsupported, xmlError } from "../errors.ts";
import { bootInfo } from "../info.ts";
import { attrOneOf } from "../words.ts";

const compareSourceTypes = asTold(
  "Target redirected device source type %t does not match source device source type %s",
  (source) => (source as { type?: string } | undefined)?.type, // of the field
);

const clientSource = chardevSourceRefusing((text) =>
  unsupported(`unknown redirdev character device type '${text}'`),
);

/** A USB device of the client's machine, redirected into the guest. */
export const Redirdev = element(
  "redirdev",
  {
    bus: fixed(
      "redirected device bus",
      attrOneOf("bus", ["usb"], {
        default: "usb",
        refuse: (text) => unsupported(`unknown redirdev bus '${text}'`),
      }),
    ),
    source: fixed(compareSourceTypes, clientSource),
    ...bootInfo,
  },
  {
    read(device, from) {
      if (from.attrs.type === undefined) throw internalError("missing type in redirdev");
      readChardev(device.source, from);
    },
  },
);
export type Redirdev = Infer<typeof Redirdev>;

/** A number of so many hexadecimal digits, kept as it is written; -1 stands for any. */
const orAny = (digits: number): Scalar<string> =>
  strictly(
    {
      ...str,
      parse(text, from, name) {
        const value = intAnyBase.parse(text, from, name);
        return value === -1 ? "-1" : `0x${value.toString(16).toUpperCase().padStart(digits, "0")}`;
      },
    },
    new RegExp(`-1|(?:0x)?[0-9a-fA-F]{1,${digits}}`),
    `-1 or up to ${digits} hexadecimal digits`,
  );

const version: Scalar<string> = strictly(
  {
    ...str,
    parse(text) {
      const [, major, minor] = /^(\d+)\.(\d+)$/.exec(text) ?? [];
      if (text === "-1") return text;
      if (major === undefined || minor === undefined)
        throw xmlError(`Cannot parse USB device version ${text}`);
      return `${Number(major)}.${minor.length === 1 ? `${minor}0` : minor}`;
    },
  },
  /-1|\d{1,2}.\d{1,2}/,
  "-1 or a version like 1.10",
);

/** Which devices may be redirected: hexadecimal numbers, absent means any. */
export const Redirfilter = element("redirfilter", {
  usbdevs: fixed(
    "Target domain USB redirection filter count %t does not match source %s",
    list(
      element("usbdev", {
        class: attr("class", orAny(2), { omit: "-1" }),
        vendor: attr("vendor", orAny(4), { omit: "-1" }),
        product: attr("product", orAny(4), { omit: "-1" }),
        version: attr("version", version, { omit: "-1" }),
        allow: attr("allow", yesNo, { required: true }),
      }),
    ),
  ),
});
export type Redirfilter = Infer<typeof Redirfilter>;
