import { describe, expect, test } from "vitest";
import { guestIn } from "./guests.ts";
import { outcome, type Target } from "./target.ts";

/** Pictures of a guest's screen. */
export function describeDomainScreenshot(target: Target): void {
  describe("domain screenshot", () => {
    test("a picture, by a stream", async () => {
      const { domain } = await guestIn(target, "running");
      const { mime, stream } = await domain.screenshot();
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      expect(mime).toMatch(/^image\//);
      expect(Buffer.concat(chunks).length).toBeGreaterThan(100);
    });

    test("flags it does not know", async () => {
      const { domain } = await guestIn(target, "running");
      expect(await outcome(target, domain.screenshot({ flags: 1 }))).toBe("INVALID_ARG/driver");
    });
  });
}
