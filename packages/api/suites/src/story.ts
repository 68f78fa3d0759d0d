import { describe, expect, test } from "vitest";
import { answer, type Target } from "./target.ts";

/** A call, and what it answers: its result, or the error as "CODE/DOMAIN". */
export type Step<S> = readonly [call: (scene: S) => Promise<unknown>, answer: unknown];

/** Calls one after the other, by the title of what they show. */
export type Stories<S> = Readonly<Record<string, readonly Step<S>[]>>;

/** Makes a test of each story. @param open the scene in which it begins */
export function describeStories<S>(target: Target, open: () => Promise<S>, stories: Stories<S>): void {
  test.each(Object.entries(stories))("%s", async (_, steps) => {
    const scene = await open();
    const answers: unknown[] = [];
    for (const [call] of steps) answers.push([text(call), plain(await answer(target, call(scene)))]);
    expect(answers).toEqual(steps.map(([call, expected]) => [text(call), plain(expected)]));
  });
}

/** Several tables of stories under one heading. */
export const describeInterface = (title: string, suites: () => void): void => {
  describe(title, suites);
};

/** How a report shows a step. */
const text = (call: (scene: never) => unknown): string =>
  String(call)
    .replace(/^[^=]*=>\s*/, "")
    .replaceAll(/\s+/g, " ");

/** Objects are shown by their names, bytes as hexadecimal digits, nothing at all as "ok"; lists have no order. */
function plain(value: unknown): unknown {
  if (value === undefined) return "ok";
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(plain).sort();
  if (typeof value !== "object" || value === null) return value;
  if (isHandle(value)) return value.name;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

/** The objects of the client know their connection. */
const isHandle = (value: object): value is { name: string } =>
  "session" in value && typeof Reflect.get(value, "name") === "string";
