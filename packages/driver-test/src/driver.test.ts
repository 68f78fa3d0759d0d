import type { Client } from "@libvirt-ts/rpc/server";
import { expect, test } from "vitest";
import { openTestDriver, testHandlers } from "./index.ts";

/** A client that may see everything, and what it was told. */
function client() {
  return { onClose: () => () => {}, sendVisible: () => {} } as unknown as Client; // what these calls use of one
}

function open() {
  const handlers = testHandlers(openTestDriver({ hostname: "here", cpuCount: 2, now: () => 1_000_000n }));
  const call = { client: client() } as never; // nor of a call
  const dom = { name: "test", uuid: Buffer.from("6695eb01f6a4830479aa97f2502e193f", "hex"), id: 1 };
  return { handlers, call, dom };
}

test("the guest that is always there", async () => {
  const { handlers, call, dom } = open();
  expect(await handlers.domainLookupByName?.({ name: "test" }, call)).toEqual({ dom });
  expect(await handlers.domainGetInfo?.({ dom }, call)).toEqual({
    state: 1,
    maxMem: 8_388_608n,
    memory: 2_097_152n,
    nrVirtCpu: 2,
    cpuTime: 1_000_000_000n,
  });
  const described = await handlers.domainGetXmlDesc?.({ dom, flags: 0 }, call);
  expect(described).toMatchObject({ xml: expect.stringContaining("<target dev='testnet0'/>") });
});

test("it stops and starts with a new id, and its live definition goes with it", async () => {
  const { handlers, call, dom } = open();
  await handlers.domainSetMemory?.({ dom, memory: 1024n }, call);
  await handlers.domainDestroy?.({ dom }, call);
  expect(await handlers.domainGetInfo?.({ dom }, call)).toMatchObject({ state: 5, memory: 2_097_152n });
  expect(await handlers.domainCreateWithFlags?.({ dom, flags: 0 }, call)).toEqual({ dom: { ...dom, id: 2 } });
  expect(() => handlers.domainResume?.({ dom }, call)).toThrow("domain 'test' not paused");
});

test("a defined guest started with other words keeps its definition", async () => {
  const { handlers, call, dom } = open();
  async function xmlOf(flags: number): Promise<string> {
    const answer = await handlers.domainGetXmlDesc?.({ dom, flags }, call);
    return answer !== undefined && "xml" in answer ? answer.xml : "";
  }
  const other = (await xmlOf(0)).replace(">8388608<", ">4194304<");
  await handlers.domainDestroy?.({ dom }, call);
  await handlers.domainCreateXml?.({ xmlDesc: other, flags: 0 }, call);
  expect([await xmlOf(0), await xmlOf(2)].map((xml) => /<memory[^>]*>(\d+)/.exec(xml)?.[1])).toEqual([
    "4194304",
    "8388608",
  ]);
});
