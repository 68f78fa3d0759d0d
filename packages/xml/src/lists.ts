import type { Shape } from "./shape.ts";

type Bag = { readonly [key: string]: unknown };

/** A value of a declaration with the lists that were left out: they are empty. */
export function withLists(shape: Shape, value: object): object {
  const given = value as Bag; // read by the keys of its declaration
  const whole: { [key: string]: unknown } = { ...given };
  for (const { key, inner } of shape.fixed) {
    const own = given[key];
    const part = inner?.shape();
    if (!inner) continue;
    if (inner.many)
      whole[key] = listOf(own).map((each) => (part && isObject(each) ? withLists(part, each) : each));
    else if (part && isObject(own)) whole[key] = withLists(part, own);
  }
  for (const { key, cases } of shape.variants) {
    const own = cases.get(String(given[key]));
    if (own) Object.assign(whole, withLists(own, whole));
  }
  return whole;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
