import { readFileSync } from "node:fs";
import { lxc, qemu, remote } from "@libvirt-ts/protocol";
import { describe, expect, test } from "vitest";
import type { Question } from "../polkit/index.ts";
import { type AccessRequest, PolkitAccess, parseRule } from "./index.ts";
import { apiPolicy } from "./policy.ts";

test.each<[string, unknown, boolean]>([
  ["domain:read", undefined, true],
  ["domain:read_secure:VIR_DOMAIN_XML_SECURE", { flags: 1 }, true],
  ["domain:read_secure:VIR_DOMAIN_XML_SECURE", { flags: 2 }, false],
  ["domain:read_secure:VIR_DOMAIN_XML_SECURE", {}, false],
  ["domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE", { flags: 0 }, true],
  ["domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE", { flags: 1 }, false],
  ["domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE", { flags: 2 }, false],
  ["domain:write::source:VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT", { source: 1, flags: 0 }, true],
  ["domain:write::source:VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT", { source: 0, flags: 1 }, false],
])("%s with %o: %s", (rule, args, applies) => {
  expect(parseRule(rule).applies(args)).toBe(applies);
});

test("every rule of every procedure is understood", () => {
  for (const { procs } of [remote, qemu, lxc]) {
    for (const row of Object.values(procs)) if (row.kind === "call") row.acl.map(parseRule);
  }
  expect(() => parseRule("domain:read:VIR_NEW")).toThrow("VIR_NEW");
});

describe("polkit", () => {
  const request: AccessRequest = {
    object: "storage_pool",
    permission: "search_storage_vols",
    caller: { pid: 7, processTime: 99n, uid: 1000 },
    attributes: { connect_driver: "storage", pool_name: "images" },
  };
  const asked: Question[] = [];
  const access = new PolkitAccess({
    async check(question) {
      asked.push(question);
      return { isAuthorized: question.subject.uid === 1000, isChallenge: true, details: {} };
    },
    close() {},
  });

  test("is asked about the action, the process and the object, and never disturbs the user", async () => {
    expect(await access.allows(request)).toBe(true);
    expect(asked).toEqual([
      {
        action: "org.libvirt.api.storage-pool.search-storage-vols",
        subject: { pid: 7, startTime: 99n, uid: 1000 },
        details: { connect_driver: "storage", pool_name: "images" },
        interactive: false,
      },
    ]);
    expect(await access.allows({ ...request, caller: { ...request.caller, uid: 5 } })).toBe(false);
  });

  test.each(["pid", "processTime", "uid"])("without a %s nobody is asked", async (missing) => {
    const caller = Object.fromEntries(Object.entries(request.caller).filter(([key]) => key !== missing));
    await expect(access.allows({ ...request, caller })).rejects.toThrow("nothing known");
  });
});

test("the policy file that is checked in is the one the rules make", () => {
  const file = new URL("../../../../packaging/polkit/org.libvirt.api.policy", import.meta.url);
  expect(readFileSync(file, "utf8")).toBe(apiPolicy());
});
