import { expect, test } from "vitest";
import { parseDevice } from "../device.ts";
import { parseDomain } from "../parse.ts";
import { checkNewDevice } from "./check.ts";

/** Taken by older rules: one boot order twice. */
const guest = parseDomain(
  `<domain type='qemu'><name>g</name><memory>1024</memory><os><type arch='x86_64'>hvm</type></os><devices>
    <disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/><vendor>much too long</vendor></disk>
  </devices></domain>`,
  { skipCheck: true },
);

test.each([
  ["<disk type='file'><source file='/b'/><target dev='vdb' bus='virtio'/></disk>"],
  ["<interface type='user'><model type='virtio'/></interface>"],
])("%s fits, whatever else the guest has", (text) => {
  expect(() => checkNewDevice(parseDevice(text), guest)).not.toThrow();
});

test.each([
  [
    "<disk type='file'><source file='/b'/><target dev='sdb' bus='scsi'/><vendor>much too long</vendor></disk>",
    "disk vendor is more than 8 characters",
  ],
  [
    "<disk type='file'><source file='/b'/><target dev='vdb' bus='virtio'/><iotune><total_bytes_sec>1</total_bytes_sec><read_bytes_sec>1</read_bytes_sec></iotune></disk>",
    "total and read/write bytes_sec cannot be set at the same time",
  ],
  [
    "<interface type='user'><model type='virtio'/><rom enabled='no' bar='on'/></interface>",
    "ROM tuning is not supported when ROM is disabled",
  ],
])("%s is refused", (text, message) => {
  expect(() => checkNewDevice(parseDevice(text), guest)).toThrow(message);
});
