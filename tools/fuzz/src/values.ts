import type { Codec } from "@libvirt-ts/xdr";
import type { Random } from "./random.ts";

const numbers = [0, 1, 2, 7, -1, 255, 65_535, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1];
const texts = [
  "",
  "x",
  "known",
  "../../etc/passwd",
  "a\u0000b",
  "%s%n",
  "<domain",
  "<domain type='qemu'><name>f</name><memory>1</memory><os><type>hvm</type></os></domain>",
  "<network><name>n</name></network>",
  '{"execute":"query-status"}',
  "\u00e4\u{1f600}",
  "z".repeat(5_000),
];

/** Any value that a codec can carry; those that lead somewhere come often. */
export function randomValue({ schema }: Codec<unknown>, random: Random): unknown {
  const integer = (least: number, most: number) => {
    const found = random.oneIn(3) ? random.word() - 2 ** 31 : random.pick(numbers);
    return Math.min(Math.max(found, least), most);
  };
  switch (schema.kind) {
    case "i8":
      return integer(-128, 127);
    case "u8":
      return integer(0, 255);
    case "u16":
      return integer(0, 65_535);
    case "i32":
      return integer(-(2 ** 31), 2 ** 31 - 1);
    case "u32":
      return integer(0, 2 ** 32 - 1);
    case "i64":
      return BigInt.asIntN(64, (BigInt(random.word()) << 32n) | BigInt(random.pick(numbers) >>> 0));
    case "u64":
      return random.oneIn(2) ? BigInt(random.below(5_000)) : BigInt.asUintN(64, BigInt(random.word()) << 32n);
    case "f64":
      return random.pick([0, -1.5, Number.NaN, Number.POSITIVE_INFINITY, 5e-324]);
    case "bool":
      return random.oneIn(2);
    case "string":
      return random.pick(texts).slice(0, schema.max);
    case "bytes":
    case "charArray":
      return random.bytes(Math.min(schema.max, random.below(40)));
    case "opaque":
    case "fixedCharArray":
      return random.oneIn(2) ? Buffer.alloc(schema.length, 0x11) : random.bytes(schema.length);
    case "array":
      return Array.from({ length: Math.min(schema.max, random.below(4)) }, () =>
        randomValue(schema.element, random),
      );
    case "fixedArray":
      return Array.from({ length: schema.length }, () => randomValue(schema.element, random));
    case "optional":
      return random.oneIn(3) ? null : randomValue(schema.element, random);
    case "struct":
      return Object.fromEntries(
        Object.entries(schema.fields).map(([name, field]) => [name, randomValue(field, random)]),
      );
    case "union": {
      const [type, arm] = random.pick(Object.entries(schema.arms));
      return { type: Number(type), value: randomValue(arm, random) };
    }
  }
}
