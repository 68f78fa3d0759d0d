import type { Result, World } from "@libvirt-ts/testing";
import { expect } from "vitest";

/** What virsh prints (exit status 0), with runs of blanks made one and lines trimmed; or what it complains about (1). */
export type Expected = string | RegExp | { fails: string | RegExp };

/** A call of virsh: words apart by blanks, quotes keep them together, `@name` is a file of the test's. */
export type Row = readonly [call: string, expected: Expected];

/** Rows that build on one another, in a world of their own. */
export interface Table {
  readonly name: string;
  /** Files that the rows refer to. */
  files?(world: World): Record<string, string | Uint8Array>;
  readonly rows: readonly Row[];
}

/** Carries out a row. */
export async function check(world: World, [call, expected]: Row): Promise<void> {
  const result = await world.tryVirsh(...words(call, `${world.prefix}/images/`));
  const fails = typeof expected === "object" && "fails" in expected;
  const wanted = fails ? expected.fails : expected;
  const said = plain(fails ? result.stderr : result.stdout, world);
  expect(result, describeResult(result)).toMatchObject({ code: fails ? 1 : 0 });
  if (typeof wanted === "string" && !fails) expect(said).toBe(wanted);
  else if (typeof wanted === "string") expect(said).toContain(wanted);
  else expect(said).toMatch(wanted);
}

export function words(call: string, directory: string): string[] {
  const found = call.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  return found.map((word) => word.replace(/^(['"])(.*)\1$/s, "$2").replaceAll("@", directory));
}

/** Text without what differs from run to run. */
export function plain(text: string, world: World): string {
  return text
    .replaceAll(world.prefix, "")
    .split("\n")
    .map((line) => line.trim().replace(/ +/g, " "))
    .join("\n")
    .trim();
}

const describeResult = ({ code, stdout, stderr }: Result) => `exit status ${code}\n${stdout}${stderr}`;
