import { ErrorCode } from "@libvirt-ts/errors";
import { decode, encode } from "@libvirt-ts/xdr";
import { expect, test } from "vitest";
import { typedParamList } from "./common.ts";
import { readTypedParams, typed, typedParams, withoutStrings } from "./typed-params.ts";

const list = typedParams({
  "state.state": typed.int(1),
  "vcpu.current": typed.uint(2),
  "cpu.time": typed.ullong(3n),
  offset: typed.llong(-4n),
  ratio: typed.double(0.5),
  halted: typed.boolean(true),
  name: typed.string("x"),
  missing: undefined,
});

test("a list is written in order, without what is absent", () => {
  expect(list.map(({ field, value }) => [field, value.type, value.value])).toEqual([
    ["state.state", 1, 1],
    ["vcpu.current", 2, 2],
    ["cpu.time", 4, 3n],
    ["offset", 3, -4n],
    ["ratio", 5, 0.5],
    ["halted", 6, 1],
    ["name", 7, "x"],
  ]);
  const codec = typedParamList(16);
  expect(decode(codec, encode(codec, list))).toEqual(list);
  expect(withoutStrings(list).length).toBe(list.length - 1);
});

test("values are read by name and type", () => {
  const record = readTypedParams(
    [...list, { field: "disk", value: typed.string("a") }, { field: "disk", value: typed.string("b") }],
    {
      "state.state": "int",
      "vcpu.current": "uint",
      "cpu.time": "ullong",
      offset: "llong",
      ratio: "double",
      halted: "boolean",
      name: "string",
      disk: "string[]",
      never: "int",
    },
  );
  const time: bigint | undefined = record["cpu.time"];
  expect(time).toBe(3n);
  expect(record).toEqual({
    "state.state": 1,
    "vcpu.current": 2,
    "cpu.time": 3n,
    offset: -4n,
    ratio: 0.5,
    halted: true,
    name: "x",
    disk: ["a", "b"],
  });
});

test.each([
  [typedParams({ other: typed.int(1) }), ErrorCode.ARGUMENT_UNSUPPORTED, "parameter 'other' not supported"],
  [
    typedParams({ toString: typed.int(1) }),
    ErrorCode.ARGUMENT_UNSUPPORTED,
    "parameter 'toString' not supported",
  ],
  [
    typedParams({ weight: typed.int(1) }),
    ErrorCode.INVALID_ARG,
    "invalid type 'int' for parameter 'weight', expected 'uint'",
  ],
  [
    [...typedParams({ weight: typed.uint(1) }), ...typedParams({ weight: typed.uint(2) })],
    ErrorCode.INVALID_ARG,
    "parameter 'weight' occurs multiple times",
  ],
])("a list that does not fit is refused (%#)", (params, code, detail) => {
  expect(() => readTypedParams(params, { weight: "uint" })).toThrow(
    expect.objectContaining({ code, detail }),
  );
});
