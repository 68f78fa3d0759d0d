import { type Codec, type DecodeFunction, minSize, padded } from "./codec.ts";
import { Source } from "./source.ts";
import { readText } from "./text.ts";

/** `opaque` values up to this long (uuids) are cheaper to copy byte by byte. */
const copiedByHand = 32;

/**
 * Compiles a codec into one function, with scalars, strings and byte arrays inlined and a call for each struct,
 * array and union below it. `p` is the position, `b` the bytes, `v` the view; `at` tells where an error happened.
 */
export function compileDecode(codec: Codec<unknown>): DecodeFunction {
  const source = new Source();
  source.bind("readText", readText);
  const text = `function decode(r) {
  const { bytes: b, view: v, end } = r;
  let p = r.position, n = 0;
  ${body(source, codec)}
}`;
  codec.compiledDecode = source.evaluate(text) as DecodeFunction; // the text above is one
  return codec.compiledDecode;
}

function body(source: Source, codec: Codec<unknown>): string {
  const { schema } = codec;
  switch (schema.kind) {
    case "struct": {
      const names = Object.keys(schema.fields);
      const locals = names.map(() => source.local());
      const reads = Object.values(schema.fields).map(
        (field, index) => `at = ${index}; ${read(source, field, locals[index]!)}`, // one local a field
      );
      const members = names.map((name, index) => `${JSON.stringify(name)}: ${locals[index]}`);
      return `let at = 0${locals.map((local) => `, ${local}`).join("")};
  try {
    ${reads.join("\n    ")}
  } catch (e) { throw within(e, ${source.refer(names)}[at]); }
  r.position = p;
  return { ${members.join(", ")} };`;
    }
    case "array":
      return `${counted(schema.max, "elements")}
  ${needs(`n * ${minSize(schema.element)}`)}
  ${elements(source, schema.element, "n")}`;
    case "fixedArray":
      return elements(source, schema.element, String(schema.length));
    case "union": {
      const arms = Object.entries(schema.arms).map(
        ([type, arm]) => `case ${type}: ${read(source, arm, "value")} break;`,
      );
      return `let value, step = "value";
  ${needs("4")}
  const type = v.getInt32(p); p += 4;
  try {
    switch (type) { ${arms.join("\n      ")} default: step = "type"; unknownArm(type); }
  } catch (e) { throw within(e, step); }
  r.position = p;
  return { type, value };`;
    }
    default:
      return `let value; ${read(source, codec, "value")} r.position = p; return value;`;
  }
}

/** Statements that read one value at `p` into the variable `target`. */
function read(source: Source, codec: Codec<unknown>, target: string): string {
  const { schema } = codec;
  const scalar = (size: 4 | 8, expression: string) =>
    `${needs(String(size))} ${target} = ${expression}; p += ${size};`;
  switch (schema.kind) {
    case "i32":
      return scalar(4, "v.getInt32(p)");
    case "u32":
      return scalar(4, "v.getUint32(p)");
    case "i64":
      return scalar(8, "v.getBigInt64(p)");
    case "u64":
      return scalar(8, "v.getBigUint64(p)");
    case "f64":
      return scalar(8, "v.getFloat64(p)");
    case "bool":
      return scalar(4, "v.getInt32(p) !== 0");
    case "i8":
      return scalar(4, "v.getInt8(p + 3)");
    case "u8":
      return scalar(4, "v.getUint8(p + 3)");
    case "u16":
      return scalar(4, "v.getUint16(p + 2)");
    case "string":
      return `${counted(schema.max, "bytes")} ${needs("((n + 3) & ~3)")}
    ${target} = readText(b, p, n); p += (n + 3) & ~3;`;
    case "bytes":
      return `${counted(schema.max, "bytes")} ${needs("((n + 3) & ~3)")}
    ${target} = new Uint8Array(b.subarray(p, p + n)); p += (n + 3) & ~3;`;
    case "opaque": {
      const copy =
        schema.length > copiedByHand
          ? `${target} = new Uint8Array(b.subarray(p, p + ${schema.length}));`
          : `${target} = new Uint8Array(${schema.length});
    for (n = 0; n < ${schema.length}; n++) ${target}[n] = b[p + n];`;
      return `${needs(String(padded(schema.length)))} ${copy} p += ${padded(schema.length)};`;
    }
    case "charArray":
      return `${counted(schema.max, "chars")} ${chars(target, "n")}`;
    case "fixedCharArray":
      return `n = ${schema.length}; ${chars(target, "n")}`;
    case "optional":
      return `${needs("4")} p += 4;
    if (v.getInt32(p - 4) === 0) ${target} = null; else { ${read(source, schema.element, target)} }`;
    default:
      return `r.position = p; ${target} = ${source.refer(codec.compiledDecode ?? compileDecode(codec))}(r); p = r.position;`;
  }
}

const needs = (size: string): string => `if (${size} > end - p) short(${size}, end - p);`;

const counted = (max: number, unit: string): string =>
  `${needs("4")} n = v.getUint32(p); p += 4; if (n > ${max}) over(n, ${max}, "${unit}");`;

const chars = (target: string, count: string): string =>
  `${needs(`4 * ${count}`)} ${target} = new Uint8Array(${count});
    for (let i = 0; i < ${count}; i++, p += 4) ${target}[i] = b[p + 3];`;

const elements = (source: Source, element: Codec<unknown>, count: string): string => `const count = ${count};
  const out = new Array(count);
  let i = 0;
  try {
    for (; i < count; i++) { let value; ${read(source, element, "value")} out[i] = value; }
  } catch (e) { throw within(e, "[" + i + "]"); }
  r.position = p;
  return out;`;
