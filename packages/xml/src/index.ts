export {
  type DeclaredElement,
  type ElementCodec,
  type ElementOptions,
  element,
  type Fields,
  type Infer,
  type InferFields,
  lazy,
  missingAttribute,
  optionalVariant,
  variant,
} from "./codec.ts";
export { type Custom, custom } from "./custom.ts";
export { malformed, xmlError } from "./errors.ts";
export { escapeXml } from "./escape.ts";
export {
  attr,
  attrOf,
  child,
  type FieldOptions,
  fixed,
  flag,
  group,
  leaf,
  leaves,
  list,
  raw,
  text,
} from "./fields.ts";
export { withLists } from "./lists.ts";
export { type Namespace, ownChild, replaceOwnChild } from "./namespaced.ts";
export { decodeXml, type ParseXmlOptions, parseXml } from "./parse.ts";
export type { Context, Field, Show } from "./plan.ts";
export {
  hex,
  hexLong,
  hexOnly,
  hexOnlyLong,
  int,
  intAnyBase,
  invalidValue,
  long,
  nonNegativeAnyBase,
  nonNegativeInt,
  oneOf,
  onlyYes,
  onOff,
  positive,
  type Refusal,
  refusing,
  type Scalar,
  type Strict,
  size,
  sizeAnyBase,
  str,
  strictly,
  strictlyAny,
  strictlyOneOf,
  uint,
  uintAnyBase,
  ulong,
  yesNo,
} from "./scalar.ts";
export {
  type AttrShape,
  type ChildShape,
  type Compare,
  type Rule,
  type Shape,
  shapeOf,
  type TextShape,
} from "./shape.ts";
export { absentIs, asTold, byNumber, firstChange, mismatch, onOffDefault, switchWord } from "./stable.ts";
export { childNamed, childrenNamed, type XmlAside, type XmlElement, type XmlNode } from "./tree.ts";
export { didYouMean, type Problem, type Touched, validateElement } from "./validate.ts";
export { formatTree, XmlWriter } from "./write.ts";
