import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { remote } from "@libvirt-ts/protocol";
import type { RpcClient } from "@libvirt-ts/rpc/client";
import { expect, onTestFinished, test } from "vitest";
import { testOpener } from "./index.ts";

const { connectOpen, connectGetType, connectListAllDomains, domainDestroy } = remote.procs;

async function connect(open: () => Promise<RpcClient>): Promise<RpcClient> {
  const client = await open();
  onTestFinished(() => client.close());
  await client.call(connectOpen, { name: "test:///default", flags: 0 });
  return client;
}
const active = async (client: RpcClient) =>
  (await client.call(connectListAllDomains, { needResults: 1, flags: 1 })).domains;

test("connections share a host for as long as one of them is open", async () => {
  const open = testOpener();
  const [one, other] = [await connect(open), await connect(open)];
  expect(await one.call(connectGetType, undefined)).toEqual({ type: "TEST" });
  const [dom] = await active(one);
  if (dom === undefined) throw new Error("no guest");
  await one.call(domainDestroy, { dom });
  expect(await active(other)).toEqual([]);
  one.close();
  other.close();
  const fresh = async () => {
    const client = await connect(open);
    const found = await active(client);
    client.close();
    return found.length;
  };
  await expect.poll(fresh).toBe(1);
});

test.each([
  ["test:///", "testOpen: supply a path or use test:///default"],
  ["test:///nowhere/node.xml", "failed to parse xml document '/nowhere/node.xml'"],
  ["test://elsewhere/default", "no connection driver available for test://elsewhere/default"],
])("%s is refused", async (name, text) => {
  const client = await testOpener()();
  onTestFinished(() => client.close());
  await expect(client.call(connectOpen, { name, flags: 0 })).rejects.toThrow(text);
});

/** A file that says who may open the host; its URI. */
function guarded(user: string): string {
  const dir = mkdtempSync(join(tmpdir(), "node-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, "a node.xml");
  writeFileSync(path, `<node><auth>${user}<user>b</user></auth></node>`);
  return `test://${path.replace(" ", "%20")}`;
}

test.each([
  ["the right password", { user: "a", password: "x" }, undefined],
  ["no password wanted", { user: "b", password: "whatever" }, undefined],
  ["a wrong password", { user: "a", password: "y" }, "authentication failed"],
  ["nobody known", { user: "c", password: "x" }, "authentication failed"],
  ["nobody to ask", undefined, "Missing authentication credentials"],
])("a host that asks who comes: %s", async (_, given, refusal) => {
  const client = await testOpener()(undefined, given && { credentials: () => given });
  onTestFinished(() => client.close());
  const opening = client.call(connectOpen, { name: guarded("<user password='x'>a</user>"), flags: 0 });
  if (refusal === undefined) await opening;
  else await expect(opening).rejects.toThrow(refusal);
});
