import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { Connect, type Transport } from "@libvirt-ts/client";
import { testOpener } from "@libvirt-ts/driver-test";
import { remote } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { type DaemonName, World, type WorldOptions } from "@libvirt-ts/testing";

/**
 * How fast the test driver is: in this process, behind our libvirtd, and libvirt's own behind its libvirtd; each
 * asked by the same client, one call after the other. `npx tsx tests/bench/test-driver.ts`, after `pnpm build`.
 */
const infoCalls = 100_000;
const domains = 5_000;
/** Calls under way at once, where that is measured too. */
const atOnce = 5;

const xml = (n: number) =>
  `<domain type='test'><name>bench-${n}</name><memory>1024</memory><os><type arch='i686'>hvm</type></os></domain>`;

/** Milliseconds of each measurement. */
type Figures = Readonly<Record<string, number>>;

async function measure(transport: Transport): Promise<Figures> {
  const connect = await Connect.over(transport, { name: "test:///default", keepalive: false });
  const guest = await connect.domainLookupByName({ name: "test" });
  const numbers = Array.from({ length: domains }, (_, n) => n);
  const figures: Record<string, number> = {};
  const time = async (what: string, work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    figures[what] = performance.now() - start;
  };
  for (let n = 0; n < 2_000; n++) await guest.getInfo(); // warm
  await time(`${infoCalls} x domainGetInfo`, async () => {
    for (let n = 0; n < infoCalls; n++) await guest.getInfo();
  });
  await time(`${infoCalls} x domainGetInfo, ${atOnce} at once`, () =>
    Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let n = 0; n < infoCalls / atOnce; n++) await guest.getInfo();
      }),
    ),
  );
  await time(`${domains} x domainDefineXML`, async () => {
    for (const n of numbers) await connect.domainDefineXml({ xml: xml(n) });
  });
  await time(`connectListAllDomains of ${domains + 1}`, () => connect.listAllDomains());
  const all = await connect.listAllDomains();
  if (all.length !== domains + 1) throw new Error(`${all.length} domains`);
  await time(`${domains} x domainUndefine`, async () => {
    for (const each of all) if (each.name !== "test") await each.undefine();
  });
  await connect.close();
  return figures;
}

async function behind(daemon: DaemonName, options: WorldOptions): Promise<Figures> {
  const world = await World.create({ ...options, daemons: [] });
  try {
    writeFileSync(join(world.prefix, "etc/libvirt/libvirtd.conf"), 'auth_unix_rw = "none"\n');
    await world.start(daemon);
    const client = await RpcClient.connect(world.socket(daemon));
    await client.call(remote.procs.authList, undefined);
    return await measure(client);
  } finally {
    await world.close();
  }
}

const results: Readonly<Record<string, Figures>> = {
  "in process": await measure(await testOpener()()),
  "our libvirtd": await behind("libvirtd", {}),
  "libvirtd 9.0": await behind("virtqemud", { systemPaths: true, peers: ["virtqemud"] }),
};
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}`);
console.log(`| milliseconds | ${Object.keys(results).join(" | ")} |`);
console.log(
  `| --- |${Object.keys(results)
    .map(() => " ---: |")
    .join("")}`,
);
for (const what of Object.keys(results["in process"] ?? {}))
  console.log(
    `| ${what} | ${Object.values(results)
      .map((each) => (each[what] ?? 0).toFixed(1))
      .join(" | ")} |`,
  );
