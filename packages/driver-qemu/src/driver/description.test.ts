import { remote } from "@libvirt-ts/protocol";
import type { Call } from "@libvirt-ts/rpc/server";
import { decode } from "@libvirt-ts/xdr";
import { expect, test } from "vitest";
import { infoHandlers } from "./info.ts";
import { memorySizeHandlers } from "./memory-size.ts";
import { metadataHandlers } from "./metadata.ts";
import { openWorld, type TestWorld } from "./testing.ts";

const LIVE = 1;
const CONFIG = 2;
const SECURE = 1;
const INACTIVE = 2;
const TITLE = 1;

/** Descriptions of one world, asked for through one set of handlers, which keep them. */
function describer({ driver, dom, call }: TestWorld) {
  const { domainGetXmlDesc } = infoHandlers(driver);
  return (flags: number): string => {
    const reply = domainGetXmlDesc?.({ dom, flags }, call as Call);
    if (reply === undefined || reply instanceof Promise) throw new Error("no reply at once");
    if ("xml" in reply) return reply.xml;
    if (!("bytes" in reply)) throw new Error("no encoded reply");
    return decode(remote.procs.domainGetXmlDesc.ret, reply.bytes).xml;
  };
}

const setTitle = ({ driver, dom, call }: TestWorld, title: string, flags: number) =>
  metadataHandlers(driver).domainSetMetadata?.(
    { dom, type: TITLE, metadata: title, key: null, uri: null, flags },
    call,
  );

const titleIn = (xml: string) => /<title>(.*)<\/title>/.exec(xml)?.[1];

test("what is kept of a running guest follows every change", async () => {
  const world = openWorld({ script: {}, devices: "<memballoon model='virtio'/>" });
  const describe = describer(world);
  const titles = () => [titleIn(describe(0)), titleIn(describe(INACTIVE))];
  expect(titles()).toEqual([undefined, undefined]);
  expect(describe(0)).toBe(describe(0));
  await setTitle(world, "now", LIVE);
  expect(titles()).toEqual(["now", undefined]);
  await setTitle(world, "next", CONFIG);
  expect(titles()).toEqual(["now", "next"]);
  const { live } = world.domain;
  if (live) live.balloonBytes = 32 * 1024 * 1024;
  expect(describe(0)).toContain("<currentMemory unit='KiB'>32768<");
  expect(describe(INACTIVE)).toContain("<currentMemory unit='KiB'>65536<");
});

test("so does what is kept of one that is off", async () => {
  const world = openWorld();
  const describe = describer(world);
  expect(titleIn(describe(0))).toBeUndefined();
  await setTitle(world, "later", CONFIG);
  expect(titleIn(describe(0))).toBe("later");
  const set = memorySizeHandlers(world.driver).domainSetMemoryFlags;
  await set?.({ dom: world.dom, memory: 1024n, flags: CONFIG }, world.call);
  expect(describe(0)).toContain("<currentMemory unit='KiB'>1024<");
});

test("what is stored is shown as it is, secrets excepted", async () => {
  const world = openWorld({
    devices: "<graphics type='vnc' passwd='x' passwdValidTo='2020-01-01T00:00:00'/>",
  });
  const describe = describer(world);
  await setTitle(world, "later", CONFIG);
  expect(world.domain.keptConfig?.text).toContain("passwd='x'");
  expect(describe(0)).not.toContain("passwd='x'");
  expect(describe(SECURE)).toBe(world.saved.get("vm"));
  expect(titleIn(describe(0))).toBe("later");
});
