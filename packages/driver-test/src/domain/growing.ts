import type { TestDriver } from "../test-driver.ts";

const US_PER_SECOND = 1_000_000n;

/** What all counters are fractions of: the time. */
export function growing({ now }: Pick<TestDriver, "now">): { us: bigint; seconds: bigint } {
  const us = now();
  return { us, seconds: us / US_PER_SECOND };
}
