import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const daemonsFolder = fileURLToPath(new URL("../../daemons", import.meta.url));
const daemons = readdirSync(daemonsFolder).filter((name) => existsSync(join(daemonsFolder, name, "systemd")));
const unitFiles = daemons.flatMap((name) =>
  readdirSync(join(daemonsFolder, name, "systemd"))
    .filter((file) => /\.(service|socket)$/.test(file))
    .map((file) => join(daemonsFolder, name, "systemd", file)),
);

/** The values of each setting, in order, whatever its section. */
type Unit = ReadonlyMap<string, readonly string[]>;

function readUnit(path: string): Unit {
  const unit = new Map<string, string[]>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [, key = "", value = ""] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (key) unit.set(key, [...(unit.get(key) ?? []), value]);
  }
  return unit;
}

const one = (unit: Unit, key: string) => unit.get(key)?.at(-1);
const all = (unit: Unit, key: string) => unit.get(key) ?? [];

/** What libvirtd does in the same places. */
const inLibvirtd = ["virtproxyd", "virtqemud", "virtnetworkd"];

/** What is true of every service; each row says it of one. */
const serviceRules: Record<string, (unit: Unit, name: string) => void> = {
  "tells systemd when it is ready": (unit) => expect(one(unit, "Type")).toBe("notify"),
  "runs the program of its name": (unit, name) =>
    expect(one(unit, "ExecStart")).toBe(`/usr/sbin/${name} $${name.toUpperCase()}_ARGS`),
  "reloads: drivers by HUP, managers by a hand-over": (unit) =>
    expect(one(unit, "ExecReload")).toMatch(/^\/bin\/kill -(HUP|USR1) \$MAINPID$/),
  "lets the successor of a manager speak": (unit, name) =>
    expect(one(unit, "NotifyAccess")).toBe(["virtlogd", "virtlockd"].includes(name) ? "all" : undefined),
  "has a man page": (unit, name) => expect(one(unit, "Documentation")).toBe(`man:${name}(8)`),
  "needs and follows all its sockets": (unit, name) => {
    const sockets = unitFiles
      .map((file) => basename(file))
      .filter((file) => new RegExp(`^${name}(-ro|-admin)?\\.socket$`).test(file));
    expect([...all(unit, "Requires")].sort()).toEqual(sockets.sort());
    expect(all(unit, "After")).toEqual(expect.arrayContaining(sockets));
    expect([...all(unit, "Also")].sort()).toEqual(sockets.sort());
  },
  "comes back after a crash": (unit) => expect(one(unit, "Restart")).toMatch(/^(on-failure|always)$/),
  "goes late when memory runs out": (unit) =>
    expect(Number(one(unit, "OOMScoreAdjust"))).toBeLessThanOrEqual(-900),
  "may open many files": (unit) => expect(Number(one(unit, "LimitNOFILE"))).toBeGreaterThanOrEqual(16_384),
  "may compile code": (unit) => expect(one(unit, "MemoryDenyWriteExecute")).toBeUndefined(),
  "gives up capabilities, personalities and system calls": (unit) => {
    expect(all(unit, "CapabilityBoundingSet")).not.toEqual([]);
    expect(one(unit, "LockPersonality")).toBe("yes");
    expect(all(unit, "SystemCallFilter")).not.toEqual([]);
    expect(one(unit, "SystemCallErrorNumber")).toBe("EPERM");
  },
  "leaves what it has started running": (unit, name) =>
    expect(one(unit, "KillMode")).toBe(
      ["libvirtd", "virtqemud", "virtnetworkd"].includes(name) ? "process" : undefined,
    ),
  "never runs beside a daemon that keeps the same": (unit, name) =>
    expect(all(unit, "Conflicts")).toEqual(
      { libvirtd: inLibvirtd.map((each) => `${each}.service`) }[name] ??
        (inLibvirtd.includes(name) ? ["libvirtd.service"] : []),
    ),
  "keeps descriptors where they outlive it, and says so to those systemd does not tell": (unit, name) => {
    const max = ["virtlogd", "virtlockd"].includes(name) ? "16384" : undefined;
    expect(one(unit, "FileDescriptorStoreMax")).toBe(max);
    expect(all(unit, "Environment").includes(`FDSTORE=${max}`)).toBe(max !== undefined);
  },
};

describe.each(daemons)("%s.service", (name) => {
  const unit = readUnit(join(daemonsFolder, name, "systemd", `${name}.service`));
  test.each(Object.entries(serviceRules))("%s", (_, rule) => rule(unit, name));
});

describe.each(unitFiles.filter((file) => file.endsWith(".socket")))("%s", (file) => {
  const unit = readUnit(file);
  const [, name = "", role = ""] =
    /^((?:lib)?virt[a-z]+)(?:-(ro|admin|tcp|tls))?\.socket$/.exec(basename(file)) ?? [];
  const isManager = ["virtlogd", "virtlockd"].includes(name);

  const isForAll = name === "virtproxyd" || name === "libvirtd";

  test("is not there beside another of the same path", () => {
    const rival = name === "libvirtd" ? "virtproxyd" : "libvirtd";
    const expected = basename(file).replace(name, rival);
    expect(all(unit, "Conflicts")).toEqual(isForAll ? [expected] : []);
  });

  test("listens where clients look, under its own name", () => {
    const suffix = { "": "sock", ro: "sock-ro", admin: "admin-sock" }[role];
    const path = `/run/libvirt/${isForAll ? "libvirt" : name}-${suffix}`;
    const port = { tcp: "16509", tls: "16514" }[role];
    expect(all(unit, "ListenStream")).toEqual([port ?? path]);
    expect(one(unit, "Service")).toBe(`${name}.service`);
    expect(one(unit, "FileDescriptorName")).toBeUndefined();
    expect(one(unit, "RemoveOnStop")).toBe(port === undefined ? "yes" : undefined);
    expect(one(unit, "WantedBy")).toBe("sockets.target");
    expect(one(unit, "BindsTo")).toBe(role === "" ? undefined : `${name}.socket`);
  });

  test("open to everybody only where clients are asked who they are", () => {
    if (role === "tcp" || role === "tls") return; // no file
    expect(one(unit, "SocketMode")).toBe(role === "admin" || isManager ? "0600" : "0666");
  });
});

test.skipIf(!existsSync("/usr/bin/systemd-analyze"))(
  "systemd finds no fault; what it says of the exposure",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "units-"));
    for (const file of unitFiles) cpSync(file, join(folder, basename(file)));
    const services = daemons.map((name) => join(folder, `${name}.service`));
    for (const path of services)
      writeFileSync(path, readFileSync(path, "utf8").replace(/^ExecStart=\S+/m, "ExecStart=/bin/true"));
    const env = { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` };
    const files = unitFiles.map((file) => join(folder, basename(file)));
    const { stderr, status } = spawnSync("systemd-analyze", ["verify", "--man=no", ...files], {
      env,
      encoding: "utf8",
    });
    expect([stderr, status]).toEqual(["", 0]);
    for (const path of services) {
      const said = execFileSync("systemd-analyze", ["security", "--offline=yes", path], {
        env,
        encoding: "utf8",
        stdio: "pipe",
      });
      console.log(said.trimEnd().split("\n").at(-1));
    }
  },
);
