import { remote } from "@libvirt-ts/protocol";
import { parseBitmap } from "@libvirt-ts/util/bitmap";
import { expect, test } from "vitest";
import { openTestDriver, testServices } from "./index.ts";

/** Numbers of the calls that libvirt 11.3's test driver, or a daemon in front of it, answers. */
const answered = `
  1-12 14-60 64-65 71-102 104-106 111-117 121-134 137-138 149-156 159-160 162 167-168 174 182-194
  196-200 202-206 210-212 219-223 225-227 229-236 244-247 252-258 262-265 271-275 277 279-285 291
  293-295 308-310 312-314 316-317 334-338 340 342 344 349-353 355-358 365-366 368-369 374-375 390 392
  396 402 411-417 426 432 435-437 444-445`;

test("every call of libvirt's test driver is answered", () => {
  const numbers = parseBitmap(answered.trim().split(/\s+/).join(",")) ?? [];
  expect(numbers).toHaveLength(256);
  const [service] = testServices(openTestDriver({ hostname: "here", cpuCount: 2, now: () => 1n }));
  const served = new Set(Object.keys(service?.handlers ?? {}));
  const missing = Object.entries(remote.procs).filter(
    ([name, { number }]) => numbers.includes(number) && !served.has(name),
  );
  expect(missing.map(([name]) => name)).toEqual([]);
});
