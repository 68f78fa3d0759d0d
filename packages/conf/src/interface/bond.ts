import { attr, child, element, type Infer, int, type Scalar, str } from "@libvirt-ts/xml";
import { interfaceError } from "./errors.ts";

/** A number, or an error of its own. */
const number = (refusal: string): Scalar<number> => ({
  parse(text) {
    if (!/^\s*[+-]?\d+$/.test(text)) throw interfaceError(refusal);
    const value = Number(text);
    if (value < -2147483648 || value > 2147483647) throw interfaceError(refusal);
    return value;
  },
  format: int.format,
});

const word = <const W extends readonly string[]>(words: W, what: string) => ({
  words,
  parse(text: string): W[number] {
    const found = words.find((each) => each === text);
    if (found === undefined) throw interfaceError(`unknown ${what} ${text}`);
    return found;
  },
  format: (value: W[number]) => value,
});

/** Only numbers above zero say something. */
const delay = (name: "downdelay" | "updelay") => ({
  ...number(`bond interface miimon ${name} invalid`),
  format: (value: number) => (value > 0 ? String(value) : undefined),
});

const freqMissing = "bond interface miimon freq missing or invalid";
const absent = { emptyIsAbsent: true } as const;
/** Links are watched by their carrier; milliseconds. */
const Miimon = element("miimon", {
  freq: attr("freq", number(freqMissing), { required: true, missing: () => interfaceError(freqMissing) }),
  downdelay: attr("downdelay", delay("downdelay"), absent),
  updelay: attr("updelay", delay("updelay"), absent),
  carrier: attr("carrier", word(["ioctl", "netif"], "mii bonding carrier"), absent),
});

const intervalMissing = "bond interface arpmon interval missing or invalid";
/** Links are watched by asking for the address of `target`; `interval` in milliseconds. */
const Arpmon = element("arpmon", {
  interval: attr("interval", number(intervalMissing), {
    required: true,
    missing: () => interfaceError(intervalMissing),
  }),
  target: attr("target", str, {
    required: true,
    missing: () => interfaceError("bond interface arpmon target missing"),
  }),
  validate: attr("validate", word(["active", "backup", "all"], "arp bonding validate"), absent),
});

const modes = [
  "balance-rr",
  "active-backup",
  "balance-xor",
  "broadcast",
  "802.3ad",
  "balance-tlb",
  "balance-alb",
] as const;

export const bondFields = {
  mode: attr("mode", word(modes, "bonding mode"), { emptyIsAbsent: true }),
  miimon: child(Miimon, { joins: true }),
  arpmon: child(Arpmon),
};

/** A bond is watched one way: the first. */
export function readBond(bond: { miimon?: Miimon | undefined; arpmon?: Arpmon | undefined }): void {
  if (bond.miimon) delete bond.arpmon;
}
export type Miimon = Infer<typeof Miimon>;
export type Arpmon = Infer<typeof Arpmon>;
