import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { World, waitFor } from "@libvirt-ts/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** All outputs of a daemon at once, with systemd's journald at its usual sockets: those of the journal and of syslog. */
const journald = "/lib/systemd/systemd-journald";

describe.skipIf(!existsSync(journald))("log_outputs", () => {
  let world: World;
  const name = "virtnetworkd";
  const file = () => join(world.prefix, "own.log");

  beforeAll(async () => {
    world = await World.create({ systemPaths: true, daemons: [] });
    const at = (path: string) => join(world.prefix, path);
    // a /dev with a log of its own, and the rest of the machine's
    const setup = [
      `mkdir ${at("dev")} ${at("run/systemd")} ${at("run/systemd/journal")}`,
      `mount -t tmpfs tmpfs ${at("dev")}`,
      `mkdir ${at("dev/upper")} ${at("dev/work")}`,
      `mount -t overlay overlay -o lowerdir=/dev,upperdir=${at("dev/upper")},workdir=${at("dev/work")} /dev`,
      "ln -sf /run/systemd/journal/dev-log /dev/log",
    ];
    await world.output(["sh", "-ec", setup.join("\n")]);
    world.namespace.start([journald], { env: world.environment() });
    await waitFor("journald", () => existsSync(at("run/systemd/journal/dev-log")));
    const outputs = `1:journald 2:syslog:by-syslog 2:file:${file()} 3:stderr`;
    writeFileSync(
      at(`etc/libvirt/${name}.conf`),
      `log_outputs = "${outputs}"\nlog_filters = "1:admin 3:*"\nodd_key = 1\n`,
    );
    await world.start(name);
    const admin = ["virt-admin", "-c", `${name}:///system`, "server-threadpool-set", name];
    await world.output([...admin, "--max-workers", "21"]);
  });
  afterAll(() => world?.close());

  const entries = async (...matches: string[]): Promise<Record<string, string>[]> => {
    const lines = await world.output(["journalctl", "--output=json", "--no-pager", ...matches]);
    return lines
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };
  const text = `workers set server=${name} min=5 max=21 priority=5`;

  test("journald: text, priority, module and every fact as a field", async () => {
    await expect
      .poll(() => entries("LIBVIRT_SOURCE=admin"))
      .toContainEqual(
        expect.objectContaining({
          MESSAGE: text,
          PRIORITY: "6",
          SYSLOG_FACILITY: "3",
          SYSLOG_IDENTIFIER: name,
          _PID: `${world.daemon(name).pid}`,
          _TRANSPORT: "journal",
          LIBVIRT_FIELD_SERVER: name,
          LIBVIRT_FIELD_MAX: "21",
        }),
      );
    const [warning] = await entries("LIBVIRT_FIELD_KEY=odd_key");
    expect(warning).toMatchObject({ PRIORITY: "4" });
  });

  test("syslog: under the name that was given", async () => {
    const all = await entries("SYSLOG_IDENTIFIER=by-syslog");
    expect(all.filter(({ MESSAGE = "" }) => MESSAGE.includes("workers set"))).toEqual([
      expect.objectContaining({
        MESSAGE: `admin : ${text}`,
        PRIORITY: "6",
        _TRANSPORT: "syslog",
        SYSLOG_PID: `${world.daemon(name).pid}`,
      }),
    ]);
  });

  test("file and stderr: libvirt's lines, each from its level on", async () => {
    const line = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+0000: \d+: (debug|info|warning|error) : [\w.]+ : /;
    const lines = readFileSync(file(), "utf8").trimEnd().split("\n");
    for (const each of lines) expect(each).toMatch(line);
    expect(lines.filter((each) => each.endsWith(`info : admin : ${text}`))).toHaveLength(1);
    const errors = await world.daemonOutput(name);
    expect(errors).not.toContain("workers set");
    expect(errors).toMatch(/warning : .*unknown configuration key .*key=odd_key/);
  });

  test("a level below that of an output does not reach it; a filter lets less through", async () => {
    expect((await entries("LIBVIRT_SOURCE=daemon", "PRIORITY=6")).length).toBe(0); // filtered: 3:*
    const bySyslog = await entries("SYSLOG_IDENTIFIER=by-syslog", "PRIORITY=7");
    expect(bySyslog).toEqual([]);
  });
});
