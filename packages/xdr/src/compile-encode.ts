import { type Codec, type EncodeFunction, padded } from "./codec.ts";
import { Source } from "./source.ts";
import { writeText } from "./text.ts";

/** The counterpart of `compileDecode`: `p` is the position in the writer `w`, whose buffer may be replaced. */
export function compileEncode(codec: Codec<unknown>): EncodeFunction {
  const source = new Source();
  source.bind("writeText", writeText);
  const text = `function encode(w, o) {
  let p = w.position, n = 0, x;
  ${body(source, codec)}
  w.position = p;
}`;
  codec.compiledEncode = source.evaluate(text) as EncodeFunction; // the text above is one
  return codec.compiledEncode;
}

function body(source: Source, codec: Codec<unknown>): string {
  const { schema } = codec;
  switch (schema.kind) {
    case "struct": {
      const names = Object.keys(schema.fields);
      const writes = Object.entries(schema.fields).map(
        ([name, field], index) => `at = ${index}; ${write(source, field, `o[${JSON.stringify(name)}]`)}`,
      );
      return `let at = 0;
  try {
    ${writes.join("\n    ")}
  } catch (e) { throw within(e, ${source.refer(names)}[at]); }`;
    }
    case "array":
      return `${isArray}
  n = o.length; if (n > ${schema.max}) over(n, ${schema.max}, "elements");
  ${room("4")} w.view.setUint32(p, n); p += 4;
  ${elements(source, schema.element)}`;
    case "fixedArray":
      return `${isArray}
  n = o.length; if (n !== ${schema.length}) exactly(n, ${schema.length}, "elements");
  ${elements(source, schema.element)}`;
    case "union": {
      const arms = Object.entries(schema.arms).map(
        ([type, arm]) => `case ${type}: ${write(source, arm, "o.value")} break;`,
      );
      return `let step = "value";
  ${room("4")} w.view.setInt32(p, o.type); p += 4;
  try {
    switch (o.type) { ${arms.join("\n      ")} default: step = "type"; unknownArm(o.type); }
  } catch (e) { throw within(e, step); }`;
    }
    default:
      return write(source, codec, "o");
  }
}

/** Statements that write the value of `expression` at `p`. */
function write(source: Source, codec: Codec<unknown>, expression: string): string {
  const { schema } = codec;
  const scalar = (size: 4 | 8, fits: string, wanted: string, store: string) =>
    `x = ${expression}; if (!(${fits})) unfit(x, "${wanted}"); ${room(String(size))} w.view.${store}; p += ${size};`;
  switch (schema.kind) {
    case "i32":
      return scalar(4, "(x | 0) === x", "a signed 32-bit integer", "setInt32(p, x)");
    case "u32":
      return scalar(4, "(x >>> 0) === x", "an unsigned 32-bit integer", "setUint32(p, x)");
    case "i64":
      return scalar(
        8,
        `typeof x === "bigint" && BigInt.asIntN(64, x) === x`,
        "a signed 64-bit bigint",
        "setBigInt64(p, x)",
      );
    case "u64":
      return scalar(
        8,
        `typeof x === "bigint" && BigInt.asUintN(64, x) === x`,
        "an unsigned 64-bit bigint",
        "setBigUint64(p, x)",
      );
    case "f64":
      return scalar(8, `typeof x === "number"`, "a number", "setFloat64(p, x)");
    case "bool":
      return scalar(4, `typeof x === "boolean"`, "a boolean", "setInt32(p, x ? 1 : 0)");
    case "i8":
      return scalar(4, "(x << 24 >> 24) === x", "a signed char", "setInt32(p, x)");
    case "u8":
      return scalar(4, "(x & 0xff) === x", "an unsigned char", "setInt32(p, x)");
    case "u16":
      return scalar(4, "(x & 0xffff) === x", "an unsigned short", "setInt32(p, x)");
    case "string":
      return `x = ${expression}; if (typeof x !== "string") unfit(x, "a string");
    if (x.length > ${schema.max}) over(x.length, ${schema.max}, "bytes");
    ${room("7 + 3 * x.length")} n = writeText(w.bytes, p + 4, x);
    if (n > ${schema.max}) over(n, ${schema.max}, "bytes");
    w.view.setUint32(p, n); p += 4 + n; ${pad}`;
    case "bytes":
      return `${isBytes(expression)} if (n > ${schema.max}) over(n, ${schema.max}, "bytes");
    ${room("7 + n")} w.view.setUint32(p, n); w.bytes.set(x, p + 4); p += 4 + n; ${pad}`;
    case "opaque":
      return `${isBytes(expression)} if (n !== ${schema.length}) exactly(n, ${schema.length}, "bytes");
    ${room(String(padded(schema.length)))} w.bytes.set(x, p); p += n; ${pad}`;
    case "charArray":
      return `${isBytes(expression)} if (n > ${schema.max}) over(n, ${schema.max}, "chars");
    ${room("4 + 4 * n")} w.view.setUint32(p, n); p += 4; ${chars}`;
    case "fixedCharArray":
      return `${isBytes(expression)} if (n !== ${schema.length}) exactly(n, ${schema.length}, "chars");
    ${room("4 * n")} ${chars}`;
    case "optional":
      return `${room("4")} p += 4;
    if (${expression} === null) w.view.setInt32(p - 4, 0);
    else { w.view.setInt32(p - 4, 1); ${write(source, schema.element, expression)} }`;
    default:
      return `w.position = p; ${source.refer(codec.compiledEncode ?? compileEncode(codec))}(w, ${expression}); p = w.position;`;
  }
}

const room = (size: string): string => `if (p + ${size} > w.bytes.length) w.reserve(p, ${size});`;

const pad = "while (n & 3) { w.bytes[p++] = 0; n++; }";

const chars = "for (let i = 0; i < n; i++, p += 4) w.view.setInt32(p, x[i] << 24 >> 24);";

const isBytes = (expression: string): string =>
  `x = ${expression}; if (!(x instanceof Uint8Array)) unfit(x, "a Uint8Array"); n = x.length;`;

const isArray = `if (!Array.isArray(o)) unfit(o, "an array");`;

const elements = (source: Source, element: Codec<unknown>): string => `const count = n;
  let i = 0;
  try {
    for (; i < count; i++) { ${write(source, element, "o[i]")} }
  } catch (e) { throw within(e, "[" + i + "]"); }`;
