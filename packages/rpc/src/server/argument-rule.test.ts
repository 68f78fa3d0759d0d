import { type CallRow, remote } from "@libvirt-ts/protocol";
import { expect, test } from "vitest";
import { argumentRule } from "./argument-rule.ts";

const { procs } = remote;
const ELEMENT = 2;

function look(row: CallRow, args: object): void {
  const rule = argumentRule(row);
  for (const check of [...(rule?.first ?? []), ...(rule?.then ?? [])]) check(args);
}

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
    { ncpumaps: 0 },
    "ncpumaps in virDomainGetVcpuPinInfo must be greater than zero",
  ],
  [
    procs.domainSetMemoryStatsPeriod,
    { period: -1 },
    "period in virDomainSetMemoryStatsPeriod must be zero or greater",
  ],
  [procs.domainCoreDump, { flags: 3 }, "Flags 'VIR_DUMP_CRASH' and 'VIR_DUMP_LIVE' are mutually exclusive"],
  [
    procs.domainSetMetadata,
    { type: ELEMENT, metadata: "<a/>", key: "k", uri: null },
    "uri in virDomainSetMetadata must not be NULL",
  ],
  [procs.domainSetMetadata, { type: ELEMENT, metadata: null, key: null, uri: "u" }, undefined],
  [procs.domainGetMetadata, { type: 1, uri: "u" }, "uri in virDomainGetMetadata must be NULL"],
])("%#", (row: CallRow, args, message) => {
  const check = () => look(row, args);
  if (message === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ message, code: 8, domain: 20 }));
});

test.each([
  [procs.connectListDomains, { maxids: -1 }, 39, "maxids must be non-negative"],
  [procs.connectListDomains, { maxids: 2 ** 31 - 1 }, 39, "maxids too large"],
  [procs.domainGetMemoryParameters, { nparams: 17 }, 1, "nparams too large"],
  [procs.domainMemoryPeek, { size: 2 ** 32 - 1 }, 1, "size too large"],
  [procs.domainGetVcpuPinInfo, { ncpumaps: 16_384, maplen: 8_192 }, 1, "maplen too large"],
])("room for an answer: %#", (row: CallRow, args, code, detail) => {
  expect(() => look(row, args)).toThrow(expect.objectContaining({ code, domain: 7 }));
  expect(() => look(row, args)).toThrow(detail);
});

test("rules name arguments that there are", () => {
  const rows: CallRow[] = Object.values(procs).filter((row) => row.kind === "call");
  const wrong = rows.filter((row) => {
    const fields = row.args?.schema.kind === "struct" ? row.args.schema.fields : {};
    const nothing = Object.fromEntries(Object.keys(fields).map((field) => [field, 0]));
    const lessThanNothing = Object.fromEntries(Object.keys(fields).map((field) => [field, -1]));
    const longNames = [{ field: "x".repeat(99) }];
    const longParameters = Object.fromEntries(Object.keys(fields).map((field) => [field, longNames]));
    const everyFlag = {
      ...nothing,
      flags: 0xffff,
      path: "",
      dumpformat: 99,
      memory: 2n ** 64n,
      startCpu: -1,
      uri: "",
      capacity: 0n,
      keys: [],
    };
    if (argumentRule(row) === undefined) return false;
    return [
      nothing,
      lessThanNothing,
      everyFlag,
      longParameters,
      { ...everyFlag, flags: 2 },
      { ...nothing, capacity: 0n },
    ].every((args) => {
      try {
        look(row, args);
        return true;
      } catch {
        return false;
      }
    });
  });
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

test("what needs no arguments has no rule", () => {
  expect(argumentRule(procs.connectGetType)).toBeUndefined();
});
