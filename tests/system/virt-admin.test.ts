import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { admin } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";
import { type DaemonName, World, within } from "@libvirt-ts/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeCertificates } from "./support/certificates.ts";

/**
 * Every command of Debian's virt-admin, to every daemon, found by its URI as an administrator types it. What admin.test
 * says of answers and refusals in detail is not said again here. At the end the daemon's own log tells which of the
 * program's procedures were called: all of them. Each daemon has ended before the next begins.
 */
const daemons: readonly { name: DaemonName; scheme: string; manages?: boolean }[] = [
  { name: "virtlogd", scheme: "virtlogd", manages: true },
  { name: "virtlockd", scheme: "virtlockd", manages: true },
  { name: "virtnetworkd", scheme: "virtnetworkd" },
  { name: "virtqemud", scheme: "virtqemud" },
  { name: "virtproxyd", scheme: "libvirtd" },
  { name: "libvirtd", scheme: "libvirtd" },
];
const onNetwork: ReadonlySet<string> = new Set(["virtproxyd", "libvirtd"]);

let world: World;
const at = (name: string) => join(world.prefix, name);

beforeAll(async () => {
  world = await World.create({ systemPaths: true, daemons: [] });
  mkdirSync(at("pki"));
});
afterAll(() => world?.close());

const tlsKeys = () =>
  Object.entries({ ca_file: "cacert.pem", cert_file: "servercert.pem", key_file: "serverkey.pem" })
    .map(([key, file]) => `${key} = "${at(`pki/${file}`)}"\n`)
    .join("");

describe.each(daemons)("$name", ({ name, scheme, manages = false }) => {
  const log = () => at(`${name}.log`);
  const own = () => `1:file:${log()}`;

  beforeAll(async () => {
    makeCertificates(at("pki"), { host: "127.0.0.1" });
    const network = onNetwork.has(name) ? `listen_tls = 1\nlisten_addr = "127.0.0.1"\n${tlsKeys()}` : "";
    const open = manages ? "" : 'auth_unix_rw = "none"\n';
    writeFileSync(
      at(`etc/libvirt/${name}.conf`),
      `log_level = 1\nlog_outputs = "${own()}"\n${open}${network}`,
    );
    await world.start(name);
  });

  async function say(line: string) {
    const words = line.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", "")) ?? [];
    const argv = [
      "virt-admin",
      "-c",
      `${scheme}:///system`,
      ...words.map((word) => word.replace("SERVER", name)),
    ];
    const { code, stdout, stderr } = await world.run(argv, { env: world.environment({ TZ: "UTC" }) });
    return {
      code,
      text: (stdout + stderr)
        .replace(/[ \t]+/g, " ")
        .replace(/ ?\n+ ?/g, "\n")
        .trim(),
    };
  }
  const workers = manages ? [0, 0, 0] : [5, 20, 5];
  const most = manages ? 1024 : 5000;
  const mostWaiting = manages ? 1024 : 20;
  const now = String.raw`20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\+0000`;

  const rows: readonly [line: string, answer: RegExp, code?: number][] = [
    ["uri", new RegExp(`^${scheme}:///system$`)],
    ["version", /Using library: libvirt 9\.0\.0\nRunning against daemon: 11\.3\.0$/],
    ["server-list", new RegExp(`^Id Name\n-+\n0 ${name}\n1 admin$`)],
    [
      "server-threadpool-info SERVER",
      new RegExp(
        `^minWorkers : ${workers[0]}\nmaxWorkers : ${workers[1]}\n[\\s\\S]*prioWorkers : ${workers[2]}\n`,
      ),
    ],
    ["server-threadpool-info admin", manages ? /^minWorkers : 0\nmaxWorkers : 0/ : /maxWorkers : 20/],
    manages
      ? ["server-threadpool-set SERVER --max-workers 3", /must not be switched from zero to non-zero/, 1]
      : ["server-threadpool-set SERVER --min-workers 4 --max-workers 9 --priority-workers 2", /^$/],
    [
      "server-clients-info SERVER",
      new RegExp(
        `^nclients_max : ${most}\nnclients : 1\nnclients_unauth_max : ${mostWaiting}\nnclients_unauth : 0$`,
      ),
    ],
    ["server-clients-set SERVER --max-clients 90 --max-unauth-clients 11", /^$/],
    ["server-clients-info SERVER", /^nclients_max : 90\n[\s\S]*nclients_unauth_max : 11\n/],
    ["client-list SERVER", new RegExp(`^Id Transport Connected since\n-+\n\\d+ unix ${now}$`)],
    [
      "client-info SERVER ID",
      /^id : \d+\nconnection_time: 20[\s\S]*\ntransport : unix\nreadonly : no\nunix_user_id : 0\nunix_user_name : root\n/,
    ],
    ["client-info SERVER 77", /No client with matching ID '77'$/, 1],
    ["client-disconnect SERVER ID", /^Client '\d+' disconnected$/],
    ["client-list SERVER", /^Id Transport Connected since\n-+$/],
    ["client-list nobody", /No server named 'nobody'$/, 1],
    ["daemon-timeout --timeout 3600", /^$/],
    ["daemon-timeout --timeout 0", /^$/],
    ["daemon-log-filters", /^Logging filters:$/],
    ["daemon-log-filters --filters '3:*nothing*'", /^$/],
    ["daemon-log-filters", /^Logging filters: 3:\*nothing\*$/],
    ["daemon-log-outputs --outputs '4:stderr OWN'", /^$/],
    ["daemon-log-outputs", /^Logging outputs: 4:stderr 1:file:\S+$/],
  ];

  test("its commands, one after the other", async () => {
    const client = await RpcClient.connect(world.socket(name));
    await client.call(admin.procs.connectGetLibVersion, undefined).catch(() => {}); // no such program here: it is there
    const [, id = ""] = /^(\d+) unix/m.exec((await say("client-list SERVER")).text) ?? [];
    for (const [line, answer, code = 0] of rows) {
      const said = await say(line.replace("OWN", own()).replace("ID", id));
      expect.soft([line, said.code, said.text], line).toEqual([line, code, expect.stringMatching(answer)]);
    }
    await within("the end", client.closed);
  });

  if (onNetwork.has(name)) {
    test("new certificates without a restart", async () => {
      const serial = async () => {
        const show =
          "openssl s_client -connect 127.0.0.1:16514 </dev/null 2>/dev/null | openssl x509 -noout -serial";
        return world.output(["sh", "-c", show]);
      };
      const before = await serial();
      makeCertificates(at("pki"), { host: "127.0.0.1" });
      expect(await serial()).toBe(before);
      expect(await say("server-update-tls SERVER")).toEqual({
        code: 0,
        text: "update tls related files succeed",
      });
      const after = await serial();
      expect(after).not.toBe(before);
      writeFileSync(at("pki/servercert.pem"), "rubbish");
      expect((await say("server-update-tls SERVER")).code).toBe(1);
      expect(await serial()).toBe(after); // the former stays
    });
  } else {
    test("no certificates to read again", async () => {
      const { code, text } = await say("server-update-tls SERVER");
      expect([code, text]).toEqual([
        1,
        expect.stringMatching(/no tls service found, unable to update tls files$/),
      ]);
    });
  }

  test("a shutdown is a clean one; every procedure has been called", async () => {
    const client = await RpcClient.connect(
      at(`run/libvirt/${scheme === "libvirtd" ? "libvirt" : name}-admin-sock`),
    );
    await client.call(admin.procs.connectDaemonShutdown, { flags: 0 });
    await within("the end", client.closed);
    await expect.poll(() => world.daemon(name).running).toBe(false);
    const called = new Set(readFileSync(log(), "utf8").match(/(?<= proc=)\w+/g));
    expect(Object.keys(admin.procs).filter((proc) => !called.has(proc))).toEqual([]);
  });
});
