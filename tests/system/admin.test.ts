import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { admin } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run, TestDaemon } from "./support/daemon.ts";
import { NetNamespace } from "./support/namespace.ts";

const virtAdmin = "/usr/bin/virt-admin";

/** Says it as it is typed; `SOCK` and `ID` are filled in. */
async function say(daemon: TestDaemon, line: string) {
  // the scheme of a URI is a name virt-admin knows; the socket decides
  const scheme = daemon.name === "virtfixtured" ? "virtqemud" : daemon.name;
  const words = line.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', "")) ?? [];
  const uri = `${scheme}:///system?socket=${daemon.adminSocket}`;
  return run(virtAdmin, ["-c", uri, ...words], { LC_ALL: "C", TZ: "UTC" });
}

/** Columns are not what is tested. */
const squeeze = (text: string) =>
  text
    .replace(/[ \t]+/g, " ")
    .replace(/ ?\n+/g, "\n")
    .trim();

const changed = "";
const log = "/x.log";

/** In order: later rows see what earlier ones have set. */
const driverRows: [line: string, code: number, output: string | RegExp][] = [
  ["version", 0, /Running against daemon: 11\.3\.0/],
  ["server-list", 0, /0 virtfixtured\n 1 admin$/],
  [
    "server-threadpool-info virtfixtured",
    0,
    "minWorkers : 5\nmaxWorkers : 20\nnWorkers : 5\nfreeWorkers : 5\nprioWorkers : 5\njobQueueDepth : 0",
  ],
  ["server-threadpool-set virtfixtured --min-workers 6 --max-workers 30 --priority-workers 7", 0, changed],
  ["server-threadpool-info virtfixtured", 0, /minWorkers : 6\nmaxWorkers : 30\n[\s\S]*prioWorkers : 7/],
  ["server-threadpool-set virtfixtured --max-workers 5", 1, /minWorkers cannot be larger than maxWorkers/],
  ["server-threadpool-set virtfixtured --min-workers 31", 1, /minWorkers cannot be larger than maxWorkers/],
  [
    "server-threadpool-set virtfixtured --min-workers 0 --max-workers 0",
    1,
    /maxWorkers must not be switched from zero to non-zero and vice versa/,
  ],
  ["server-threadpool-info admin", 0, /minWorkers : 5\nmaxWorkers : 20/],
  ["server-threadpool-info nosuch", 1, "error: Server not found: No server named 'nosuch'"],
  [
    "server-clients-info virtfixtured",
    0,
    "nclients_max : 5000\nnclients : 0\nnclients_unauth_max : 20\nnclients_unauth : 0",
  ],
  ["server-clients-set virtfixtured --max-clients 100 --max-unauth-clients 50", 0, changed],
  ["server-clients-info virtfixtured", 0, /nclients_max : 100\n[\s\S]*nclients_unauth_max : 50/],
  [
    "server-clients-set virtfixtured --max-clients 49",
    1,
    /clients waiting for authentication must not be less/,
  ],
  ["client-list admin", 0, /\n [0-9]+ unix 20[0-9-]+ [0-9:]+\+0000$/],
  ["client-info admin 99999", 1, "error: Client not found: No client with matching ID '99999'"],
  ["client-disconnect admin 99999", 1, /No client with matching ID '99999'/],
  ["daemon-log-filters", 0, "Logging filters:"],
  ['daemon-log-filters --filters "1:qemu 3:*rpc*"', 0, changed],
  ["daemon-log-filters", 0, "Logging filters: 1:*qemu* 3:*rpc*"],
  ["daemon-log-filters --filters 9:x", 1, /invalid argument: Invalid priority '9' for filter '9:x'/],
  ["daemon-log-filters --filters 1", 1, /invalid argument: Malformed format for filter '1'/],
  ["daemon-log-filters", 0, "Logging filters: 1:*qemu* 3:*rpc*"],
  ['daemon-log-filters --filters ""', 0, changed],
  ["daemon-log-filters", 0, "Logging filters:"],
  ["daemon-log-outputs", 0, "Logging outputs: 1:stderr"],
  [`daemon-log-outputs --outputs "1:file:PREFIX${log} 3:stderr"`, 0, changed],
  ["daemon-log-outputs", 0, `Logging outputs: 1:file:PREFIX${log} 3:stderr`],
  ["daemon-log-outputs --outputs 1:bogus", 1, /Invalid log destination 'bogus' for log output '1:bogus'/],
  ["daemon-log-outputs --outputs 1:syslog", 1, /'1:syslog' does not meet the format requirements/],
  ["daemon-log-outputs --outputs 1:file:/nonexistent/x", 1, /failed to open \/nonexistent\/x: No such file/],
  ["daemon-log-outputs --outputs 7:stderr", 1, /Invalid log priority '7' for log output '7:stderr'/],
  ["daemon-log-outputs", 0, `Logging outputs: 1:file:PREFIX${log} 3:stderr`],
  ['daemon-log-outputs --outputs ""', 0, changed],
  ["daemon-log-outputs", 0, "Logging outputs: 1:stderr"],
  ["server-update-tls virtfixtured", 1, /no tls service found, unable to update tls files/],
  ["daemon-timeout --timeout 4000000000", 1, /timeout 4000000000 is more than 2147483 seconds/],
  ["daemon-timeout --timeout 1000", 0, changed],
  ["daemon-timeout --timeout 0", 0, changed],
];

describe.skipIf(!existsSync(virtAdmin))("virt-admin", () => {
  let daemon: TestDaemon;
  beforeAll(async () => {
    daemon = await TestDaemon.start("virtfixtured", { fixture: "driver-daemon" });
  });
  afterAll(() => daemon.stop("SIGKILL"));

  test.each(driverRows)("%s", async (line, code, output) => {
    const fill = (text: string) => text.replaceAll("PREFIX", daemon.prefix);
    const result = await say(daemon, fill(line));
    const text = squeeze(result.stdout + result.stderr);
    if (typeof output === "string") expect(text).toBe(fill(output));
    else expect(text).toMatch(output);
    expect(result.code).toBe(code);
  });

  test("what was set holds at once: messages of a module go where they are sent", async () => {
    const file = join(daemon.prefix, "y.log");
    await say(daemon, `daemon-log-outputs --outputs 1:file:${file}`);
    await say(daemon, "server-threadpool-set virtfixtured --priority-workers 8");
    await say(daemon, "daemon-log-filters --filters 2:admin");
    await say(daemon, "server-threadpool-set virtfixtured --priority-workers 9");
    await say(daemon, 'daemon-log-outputs --outputs ""');
    const lines = readFileSync(file, "utf8").match(/[a-z]+ : admin : .*/g);
    expect(lines).toEqual([
      "info : admin : log filters set filters=2:*admin*",
      "info : admin : workers set server=virtfixtured min=6 max=30 priority=9",
    ]);
    await expect.poll(() => daemon.output).toContain("log outputs set");
  });

  test("who a client is, and how it is sent away", async () => {
    const client = await daemon.connect();
    const { stdout: list } = await say(daemon, "client-list virtfixtured");
    const [, id = ""] = /^ ([0-9]+) +unix/m.exec(list) ?? [];
    const { stdout: info } = await say(daemon, `client-info virtfixtured ${id}`);
    expect(info.match(/[^:\n]*:.*/g)?.map((line) => line.split(/\s*:\s*/, 2))).toEqual([
      ["id", id],
      ["connection_time", expect.stringMatching(/^20/)],
      ["transport", "unix"],
      ["readonly", "no"],
      ["unix_user_id", "0"],
      ["unix_user_name", "root"],
      ["unix_group_id", "0"],
      ["unix_group_name", "root"],
      ["unix_process_id", String(process.pid)],
    ]);
    const { code, stdout } = await say(daemon, `client-disconnect virtfixtured ${id}`);
    expect([code, stdout.trim()]).toEqual([0, `Client '${id}' disconnected`]);
    await client.closed;
  });

  test("fewer clients than there are: nobody is sent away, nobody else is let in until there is room", async () => {
    const clients = await Promise.all([daemon.connect(), daemon.connect()]);
    const set = async (max: number) =>
      expect(
        (await say(daemon, `server-clients-set virtfixtured --max-clients ${max} --max-unauth-clients 1`))
          .code,
      ).toBe(0);
    await set(1);
    const waiting = await daemon.connect();
    const answer = waiting.call(admin.procs.connectGetLibVersion, undefined).catch((error) => error.message);
    expect(squeeze((await say(daemon, "server-clients-info virtfixtured")).stdout)).toContain("nclients : 2");
    for (const client of clients) client.close();
    expect(await answer).toContain("Cannot find program");
    waiting.close();
  });

  test("a time without clients set by hand ends the daemon", async () => {
    const other = await TestDaemon.start("virtlogd");
    expect((await say(other, "daemon-timeout --timeout 1")).code).toBe(0);
    expect(await other.ended()).toBe(0);
  });
});

test("an administrator's shutdown is a clean one", async () => {
  const daemon = await TestDaemon.start("virtlogd");
  const client = await RpcClient.connect(daemon.adminSocket);
  await client.call(admin.procs.connectDaemonShutdown, { flags: 0 });
  expect(await daemon.ended()).toBe(0);
});

describe("every daemon has an admin socket", () => {
  let net: NetNamespace;
  beforeAll(async () => {
    net = await NetNamespace.create();
  });
  afterAll(() => net.close());

  test.each(["virtlogd", "virtlockd", "virtnetworkd", "virtqemud"])("%s", async (name) => {
    const daemon = await TestDaemon.start(name, { wrap: net.enter });
    try {
      const client = await RpcClient.connect(daemon.adminSocket);
      const srv = { name };
      const { servers } = await client.call(admin.procs.connectListServers, { needResults: 1, flags: 0 });
      expect(servers).toEqual([srv, { name: "admin" }]);
      const { params } = await client.call(admin.procs.serverGetThreadpoolParameters, { srv, flags: 0 });
      expect(params[1]).toEqual({
        field: "maxWorkers",
        value: { type: 2, value: name.startsWith("virtlo") ? 0 : 20 },
      });
      // each of the 20 is there: the answer to a bad flag comes from the handler
      const somebody = await daemon.connect();
      for (const row of Object.values(admin.procs)) {
        if (row.args === null || row.api === undefined) continue;
        const failure = await client
          .call(row as typeof admin.procs.connectDaemonShutdown, argumentsOf(row.number, srv))
          .then(
            () => "done",
            (error: Error) => error.message,
          );
        expect(failure).toMatch(/^unsupported flags \(0x1\) in function admin/);
      }
      somebody.close();
      client.close();
    } finally {
      await daemon.stop("SIGKILL");
    }
  });
});

/** Arguments of any of the procedures, with a flag that none has. */
function argumentsOf(proc: number, srv: { name: string }): { flags: number } {
  const all = {
    ...{
      flags: 1,
      srv,
      name: srv.name,
      id: 1n,
      needResults: 1,
      params: [],
      timeout: 1,
      outputs: null,
      filters: null,
    },
    clnt: { srv, id: 1n, timestamp: 0n, transport: 0 },
  };
  expect(proc).toBeGreaterThan(0);
  return all;
}
