import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { native } from "@libvirt-ts/native";
import { expect, onTestFinished, test } from "vitest";
import { Logging } from "./logging.ts";
import type { SinkHost } from "./outputs.ts";

const folder = () => mkdtempSync(join(tmpdir(), "logging-"));

/** A log service of our own. */
function service(): { host: SinkHost; received(): Buffer } {
  const path = join(folder(), "socket");
  const fd = native.socketUnix("dgram");
  native.bind(fd, path);
  onTestFinished(() => void native.close(fd));
  const buffer = Buffer.alloc(300_000);
  return {
    host: { native, journal: path, syslog: path, pid: 7 },
    received: () => buffer.subarray(0, native.recv(fd, buffer, 0, buffer.length)),
  };
}

test("file output; an output that cannot be opened is told on the others", () => {
  const file = join(folder(), "x.log");
  const { host } = service();
  const outputs = `1:file:${file} 1:file:/nonexistent/y 3:journald`;
  const logging = new Logging({ name: "d", level: 2, outputs }, { ...host, journal: "/nonexistent" });
  logging.root.info({ n: 1 }, "hello");
  const lines = readFileSync(file, "utf8").split("\n");
  expect(lines).toHaveLength(4);
  expect(lines[0]).toContain("warning : d : log output left out");
  expect(lines[0]).toContain("failed to open /nonexistent/y: No such file or directory");
  expect(lines[1]).toContain("failed to reach /nonexistent");
  expect(lines[2]).toContain("info : d : hello n=1");
  expect(logging.outputs).toBe(`1:file:${file}`);
});

test("filters change for all loggers there are", () => {
  const file = join(folder(), "x.log");
  const logging = new Logging({ name: "d", outputs: `1:file:${file}` });
  const log = logging.root.child({ mod: "qemu.monitor" });
  const seen: boolean[] = [];
  for (const filters of ["1:qemu", "4:*monitor", ""]) {
    logging.setFilters(filters);
    seen.push(log.isLevelEnabled("debug"), log.isLevelEnabled("warn"));
  }
  expect(seen).toEqual([true, true, false, false, false, true]);
  logging.setFilters("2:rpc");
  expect(() => logging.setFilters("9:rpc")).toThrow("Invalid priority '9' for filter '9:rpc'");
  expect(logging.filters).toBe("2:*rpc*");
});

test("outputs change; nothing changes when one is bad", () => {
  const [first, second] = [join(folder(), "1.log"), join(folder(), "2.log")];
  const logging = new Logging({ name: "d", outputs: `1:file:${first}` });
  logging.setOutputs(`3:file:${second}`);
  logging.root.warn("moved");
  expect(() => logging.setOutputs(`1:file:${first} 1:file:/nonexistent/y`)).toThrow(
    /failed to open \/nonexistent/,
  );
  expect(() => logging.setOutputs("1:pigeon")).toThrow("Invalid log destination 'pigeon'");
  logging.root.warn("stayed");
  expect(logging.outputs).toBe(`3:file:${second}`);
  logging.setOutputs("");
  logging.root.warn("back");
  const texts = (file: string) => readFileSync(file, "utf8").match(/(?<= : d : ).*/g);
  expect(texts(second)).toEqual(["moved", "stayed"]);
  expect(texts(first)).toEqual(["back"]);
  expect(existsSync("/nonexistent")).toBe(false);
});

test("syslog: priority, local time, name and pid, one line", () => {
  const { host, received } = service();
  const { root } = new Logging({ name: "d", outputs: "1:syslog:virtd" }, host);
  root.child({ mod: "qemu" }).error({ domain: "vm1" }, "broken");
  expect(received().toString()).toMatch(
    /^<27>[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} virtd\[7\]: qemu : broken domain=vm1$/,
  );
  root.warn({ err: new Error("why") }, "with a stack");
  expect(received().toString()).toMatch(/^<28>.* d : with a stack err="why"#012 {4}at [^\n]*$/);
});

test("journal: structured fields", () => {
  const { host, received } = service();
  const { root } = new Logging({ name: "virttestd", outputs: "1:journald" }, host);
  root.child({ mod: "qemu" }).warn({ domain: "vm1", sizeBytes: 5n, none: undefined }, "broken");
  expect(received().toString().split("\n")).toEqual([
    "MESSAGE=broken domain=vm1 sizeBytes=5",
    "PRIORITY=4",
    "SYSLOG_FACILITY=3",
    "SYSLOG_IDENTIFIER=virttestd",
    "SYSLOG_PID=7",
    "LIBVIRT_SOURCE=qemu",
    "LIBVIRT_FIELD_DOMAIN=vm1",
    "LIBVIRT_FIELD_SIZE_BYTES=5",
    "",
  ]);
});

test("journal: several lines with their length, codes of an error, long values cut", () => {
  const { host, received } = service();
  const { root } = new Logging({ name: "d", outputs: "1:journald" }, host);
  const err = new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_INVALID, "no");
  root.error({ err, long: "x".repeat(40_000) }, "failed");
  expect(received().toString()).toContain(`\nLIBVIRT_FIELD_LONG=${"x".repeat(32_768)}\n`);
  root.error({ err }, "failed");
  const entry = received();
  expect(entry.subarray(0, 8).toString()).toBe("MESSAGE\n");
  const length = Number(entry.readBigUInt64LE(8));
  expect(entry.subarray(16, 16 + length).toString()).toMatch(/^failed err="[^\n]*\n {4}at /);
  expect(entry[16 + length]).toBe(0x0a);
  expect(entry.subarray(17 + length).toString()).toContain(`LIBVIRT_DOMAIN=${err.domain}\nLIBVIRT_CODE=55\n`);
});
