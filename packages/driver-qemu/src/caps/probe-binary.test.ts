import { ErrorCode, ErrorDomain } from "@libvirt-ts/errors";
import { expect, test } from "vitest";
import { probeBinary } from "./probe-binary.ts";

test("an emulator that is not there", async () => {
  const options = { kvm: false, self: { version: 1, ctime: 1 }, env: {} };
  await expect(probeBinary("/nowhere/qemu", options as never)).rejects.toMatchObject({
    code: ErrorCode.SYSTEM_ERROR,
    domain: ErrorDomain.QEMU,
    int1: 2,
    message: "Cannot check QEMU binary /nowhere/qemu: No such file or directory",
  });
});
