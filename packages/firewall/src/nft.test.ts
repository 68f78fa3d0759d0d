import type { Run } from "@libvirt-ts/host";
import { expect, test } from "vitest";
import { applyNft, removeNft } from "./apply-nft.ts";
import { findRules, insertedHandles, type NftRule, nftScript } from "./nft.ts";

const rule: NftRule = { family: "ip", table: "t", chain: "c", words: ["iif", "br0", "counter", "reject"] };

test("device names are quoted, other words are not", () => {
  expect(
    nftScript([["insert", "rule", "ip", "t", "c", "oifname", "in", "ip", "saddr", "10.0.0.0/8", "accept"]]),
  ).toBe('insert rule ip t c oifname "in" ip saddr 10.0.0.0/8 accept\n');
});

const echo = `add table ip t # handle 1
insert rule ip t forward counter packets 0 bytes 0 jump c # handle 3
insert rule ip t c iif "br0" counter packets 0 bytes 0 reject # handle 4
insert rule ip6 t c handle 8 iif "br0" counter packets 0 bytes 0 reject # handle 7
# new generation 2 by process 10578 (nft)
`;

test("handles of an echo", () => {
  expect(insertedHandles(echo).map(({ family, chain, handle }) => [family, chain, handle])).toEqual([
    ["ip", "forward", 3],
    ["ip", "c", 4],
    ["ip6", "c", 7],
  ]);
});

test("rules of a listing that speak of a bridge", () => {
  const listing = `table ip t { # handle 1
	chain c { # handle 2
		type filter hook forward priority filter; policy accept;
		ip saddr 10.0.0.0/24 iif "br0" counter packets 0 bytes 0 accept # handle 8
		iif "br1" counter packets 0 bytes 0 reject # handle 7
	}
}
table ip6 t { # handle 1
	chain d { # handle 2
		iif "br0" counter packets 0 bytes 0 reject # handle 9
	}
}
`;
  expect(findRules(listing, (_chain, text) => text.includes('"br0"'))).toEqual([
    { family: "ip", table: "t", chain: "c", handle: 8 },
    { family: "ip6", table: "t", chain: "d", handle: 9 },
  ]);
});

const answers = (...results: { status: number; stdout?: string; stderr?: string }[]) => {
  const inputs: string[] = [];
  const run: Run = async (_file, _args, options) => {
    inputs.push(options?.input ?? "");
    return { stdout: "", stderr: "", ...(results.shift() ?? { status: 99 }) };
  };
  return { run, inputs };
};

test("setup, removal and insertion are one script; handles are those of the insertion", async () => {
  const { run, inputs } = answers({ status: 0, stdout: echo });
  const handles = await applyNft(run, {
    setup: [["add", "table", "ip", "t"]],
    remove: [{ family: "ip", table: "t", chain: "c", handle: 9 }],
    insert: [rule, { ...rule, family: "ip6" }],
  });
  expect(inputs).toEqual([
    'add table ip t\ndelete rule ip t c handle 9\ninsert rule ip t c iif "br0" counter reject\ninsert rule ip6 t c iif "br0" counter reject\n',
  ]);
  expect(handles.map(({ handle }) => handle)).toEqual([4, 7]);
});

test("nft's own words reach the error", async () => {
  const { run } = answers({ status: 1, stderr: "Error: No such file\n" });
  await expect(applyNft(run, { insert: [rule] })).rejects.toThrow("with nft: Error: No such file");
});

test("removal goes on when a rule is gone", async () => {
  const { run, inputs } = answers({ status: 1 }, { status: 1 }, { status: 0 });
  const handle = { family: "ip", table: "t", chain: "c" } as const;
  expect(
    await removeNft(run, [
      { ...handle, handle: 1 },
      { ...handle, handle: 2 },
    ]),
  ).toBe(1);
  expect(inputs.slice(1)).toEqual(["delete rule ip t c handle 1\n", "delete rule ip t c handle 2\n"]);
});
