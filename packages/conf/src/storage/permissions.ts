import { child, element, type Infer, leaf, type Scalar, str } from "@libvirt-ts/xml";
import { storageError } from "./errors.ts";

const mode: Scalar<number> = {
  parse(text) {
    if (!/^\s*\+?[0-7]+$/.test(text) || Number.parseInt(text, 8) > 0o777) {
      throw storageError("malformed octal mode");
    }
    return Number.parseInt(text, 8);
  },
  format: (value) => `0${value.toString(8)}`,
};

const nobody = 0xffffffff;
/** -1 leaves it to the host. */
const id = (what: string): Scalar<number | undefined> => ({
  parse(text) {
    const value = /^\s*[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= -1 && value <= nobody)) throw storageError(`malformed ${what} element`);
    return value === -1 || value === nobody ? undefined : value;
  },
  // As a signed number, which it is not.
  format: (value) => (value === undefined ? undefined : String(value | 0)),
});

const Permissions = element("permissions", {
  mode: leaf("mode", mode),
  /** Numbers of user and group. */
  owner: leaf("owner", id("owner"), { keepEmpty: true }),
  group: leaf("group", id("group"), { keepEmpty: true }),
  label: leaf("label", str),
});
export type Permissions = Infer<typeof Permissions>;

/** Who may do what with a file or folder. */
export const permissions = child(Permissions);
