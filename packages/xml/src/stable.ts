import type { Compare, FixedPart, Shape } from "./shape.ts";

type Bag = { readonly [key: string]: unknown };

/**
 * Compares what a guest sees of two values of one declaration.
 * @returns the first difference in words, `undefined` if a guest would not notice
 */
export function firstChange(shape: Shape, source: unknown, target: unknown): string | undefined {
  const from = bagOf(source);
  const to = bagOf(target);
  for (const part of shape.fixed) {
    const change = changeOf(part, from, to);
    if (change !== undefined) return change;
  }
  for (const { key, cases } of shape.variants) {
    // A change of the key itself is for the key's own field to tell.
    const own = from[key] === to[key] ? cases.get(String(from[key])) : undefined;
    const change = own && firstChange(own, source, target);
    if (change !== undefined) return change;
  }
  return undefined;
}

function changeOf({ key, label, inner }: FixedPart, bag: Bag, other: Bag): string | undefined {
  const [source, target] = [bag[key], other[key]];
  if (typeof label === "function") return label(source, target, bag, other);
  if (!inner)
    return label === undefined || isSame(source, target) ? undefined : mismatch(label, source, target);
  if (source === undefined && target === undefined) return undefined;
  const shape = inner.shape();
  if (!inner.many) {
    if (label !== undefined && (source === undefined) !== (target === undefined))
      return mismatch(countOf(label), source === undefined ? 0 : 1, target === undefined ? 0 : 1);
    return shape && firstChange(shape, source, target);
  }
  const from = listOf(source);
  const to = listOf(target);
  if (label !== undefined && from.length !== to.length)
    return mismatch(countOf(label), from.length, to.length);
  if (label === undefined || !shape) return undefined;
  for (const [i, each] of from.entries()) {
    const change = firstChange(shape, each, to[i]);
    if (change !== undefined) return change;
  }
  return undefined;
}

const bagOf = (value: unknown): Bag => (typeof value === "object" && value !== null ? (value as Bag) : {}); // read by key only
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const countOf = (label: string): string => (label.startsWith("Target ") ? label : `domain ${label} count`);

/** "Target LABEL T does not match source S" */
export function mismatch(label: string, source: unknown, target: unknown): string {
  const template = label.startsWith("Target ") ? label : `Target ${label} %t does not match source %s`;
  return template.replace(/%[ts]/g, (which) => shown(which === "%t" ? target : source));
}

/** Compares values, or what they are in, by what is told of them. */
export const asTold =
  (label: string, told: (value: unknown, bag: Bag) => unknown): Compare =>
  (source, target, from, to) => {
    const [was, is] = [told(source, from), told(target, to)];
    return was === is ? undefined : mismatch(label, was, is);
  };

/** Compares where absence means a value, or has a word: "default". */
export const absentIs = (absent: unknown, label: string): Compare =>
  asTold(label, (value) => value ?? absent);

/** Compares switches, told as "on", "off" and "default". */
export const onOffDefault = (label: string): Compare => asTold(label, switchWord);

/** Compares words by their place in a list, as which they are told; -1 when absent. */
export const byNumber = (label: string, words: readonly string[]): Compare =>
  asTold(label, (value) => words.indexOf(String(value)));

/** What is told of a switch. */
export const switchWord = (value: unknown): string =>
  value === undefined ? "default" : value ? "on" : "off";

const shown = (value: unknown): string =>
  value === undefined ? "<null>" : typeof value === "boolean" ? (value ? "yes" : "no") : String(value);

const isSame = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && a.every((each, i) => isSame(each, b[i]))
    : a === b;
