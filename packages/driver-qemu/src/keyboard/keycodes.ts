import { keycodeTables } from "./tables.ts";

type Codeset = keyof typeof keycodeTables | "qnum";

/** libvirt's names of the codesets, by their numbers (`virKeycodeSet`). */
export const codesetNames: readonly Codeset[] = [
  "linux",
  "xt",
  "atset1",
  "atset2",
  "atset3",
  "os_x",
  "xt_kbd",
  "usb",
  "win32",
  "qnum",
];

const tables = new Map<Codeset, ReadonlyMap<number, number>>();

/**
 * QEMU's number of a key.
 * @returns undefined for keys that QEMU does not have
 */
// differs: libvirt answers success for keys it knows by name only, and QEMU gets a key that does nothing.
export function toQnum(codeset: Codeset, code: number): number | undefined {
  if (codeset === "qnum") return code;
  let table = tables.get(codeset);
  if (!table) {
    table = readTable(keycodeTables[codeset]);
    tables.set(codeset, table);
  }
  return table.get(code);
}

function readTable(text: string): Map<number, number> {
  const table = new Map<number, number>();
  for (const word of text.trim().split(/\s+/)) {
    const [from = 0, to = 0, count = 1] = word.split(/[:+]/).map((digits) => Number.parseInt(digits, 16));
    for (let key = 0; key < count; key++) table.set(from + key, to + key);
  }
  return table;
}
