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

test("another path is refused", async () => {
  const client = await testOpener()();
  onTestFinished(() => client.close());
  await expect(client.call(connectOpen, { name: "test:///system", flags: 0 })).rejects.toThrow(
    "test:///default",
  );
});
