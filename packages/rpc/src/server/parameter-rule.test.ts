import { admin, type CallRow, remote } from "@libvirt-ts/protocol";
import { expect, test } from "vitest";
import { parameterRule } from "./parameter-rule.ts";

const { procs } = remote;
const named = (length: number) => ({ params: [{ field: "x".repeat(length), value: { type: 1, value: 1 } }] });
const long = `parameter ${"x".repeat(80)} too big for destination`;

test.each<[CallRow, object, string | undefined]>([
  [procs.domainSetMemoryParameters, named(79), undefined],
  [procs.domainSetMemoryParameters, named(80), long],
  [
    procs.domainSetMemoryParameters,
    { params: [{ field: "\u00e9".repeat(40) }] },
    expect.stringMatching(/too big/),
  ],
  [admin.procs.serverSetThreadpoolParameters, named(80), long],
])("%#", (row, args, detail) => {
  const check = () => parameterRule(row)?.(args);
  if (detail === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ code: 1, detail }));
});

test.each([procs.connectGetType, procs.domainCreate, procs.domainGetMemoryParameters])(
  "$name has none",
  (row) => {
    expect(parameterRule(row)).toBeUndefined();
  },
);
