import { type CallRow, remote } from "@libvirt-ts/protocol";
import { expect, test } from "vitest";
import { argumentRule } from "./argument-rule.ts";

const { procs } = remote;

test.each([
  [procs.domainRename, { newName: null }, "new_name in virDomainRename must not be NULL"],
  [procs.domainRename, { newName: "x" }, undefined],
  [procs.domainPinVcpu, { cpumap: new Uint8Array(0) }, "cpumap in virDomainPinVcpu must not be NULL"],
  [procs.domainSetMemory, { memory: 0n }, "memory in virDomainSetMemory must not be zero"],
  [procs.domainSetMemory, { memory: 1n }, undefined],
  [
    procs.domainSetMemoryParameters,
    { params: [] },
    "params in virDomainSetMemoryParameters must not be NULL",
  ],
  [
    procs.domainGetVcpuPinInfo,
    { ncpumaps: -1 },
    "ncpumaps in virDomainGetVcpuPinInfo must be greater than zero",
  ],
])("%#", (row: CallRow, args, message) => {
  const check = () => argumentRule(row)?.check(args);
  if (message === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ message, code: 8, domain: 20 }));
});

test("rules name arguments that there are", () => {
  const rows: CallRow[] = Object.values(procs).filter((row) => row.kind === "call");
  const wrong = rows.filter((row) => {
    const fields = row.args?.schema.kind === "struct" ? row.args.schema.fields : {};
    const everything = Object.fromEntries(Object.keys(fields).map((field) => [field, 0]));
    const rule = argumentRule(row);
    if (rule === undefined) return false;
    try {
      rule.check(everything);
      return true;
    } catch {
      return false;
    }
  });
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

test("what needs no arguments has no rule", () => {
  expect(argumentRule(procs.connectGetType)).toBeUndefined();
});
