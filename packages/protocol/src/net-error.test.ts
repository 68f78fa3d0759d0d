import { ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { encode } from "@libvirt-ts/xdr";
import { expect, test } from "vitest";
import { STRING_MAX } from "./limits.ts";
import { fromNetError, NetError, toNetError } from "./net-error.ts";

test.each([
  [
    new VirError(ErrorDomain.QEMU, ErrorCode.NO_DOMAIN, "no domain with matching name 'x'"),
    {
      code: 42,
      domain: 10,
      level: 2,
      message: "Domain not found: no domain with matching name 'x'",
      str1: "Domain not found: %1$s",
      str2: "no domain with matching name 'x'",
      str3: null,
      int1: -1,
      int2: -1,
      dom: null,
      net: null,
    },
  ],
  [
    new VirError(ErrorDomain.RPC, ErrorCode.RPC, "authentication required"),
    { code: 39, domain: 7, message: "authentication required", str1: "%s", str2: "authentication required" },
  ],
  [
    systemError(ErrorDomain.NONE, 2, "Failed to open file '/x'"),
    {
      code: 38,
      message: "Failed to open file '/x': No such file or directory",
      str1: "%s",
      int1: 2,
      int2: -1,
    },
  ],
  [new VirError(ErrorDomain.NONE, ErrorCode.NO_SUPPORT), { str2: null }],
])("errors look as libvirt's (%#)", (error, wire) => {
  expect(toNetError(error)).toMatchObject(wire);
});

test("an error from a peer keeps its text, template and unknown numbers", () => {
  const wire: NetError = {
    ...toNetError(new VirError(ErrorDomain.RPC, ErrorCode.RPC, "text")),
    code: 4711,
    domain: 4712,
    level: 1,
    message: "whole text",
    str1: "Domain not found: %s",
    str3: "three",
    int2: 7,
  };
  const error = fromNetError(wire);
  expect(error).toMatchObject({ code: 4711, domain: 4712, message: "whole text", detail: "text" });
  expect(toNetError(error)).toEqual(wire);
});

test("an echo of the longest name still fits", () => {
  const error = new VirError(ErrorDomain.QEMU, ErrorCode.NO_DOMAIN, "\u00e9".repeat(STRING_MAX / 2));
  expect(encode(NetError, toNetError(error)).length).toBeLessThan(3 * STRING_MAX);
});
