import { expect, test } from "vitest";
import { read } from "../check/testing.ts";
import { bootIndexes } from "./boot-index.ts";

test("the first device of each kind takes the kind's place, the last one where it is named twice", () => {
  const def = read({
    machine: "pc",
    beside: "<os><type machine='pc'>hvm</type><boot dev='hd'/><boot dev='network'/><boot dev='hd'/></os>",
    devices:
      "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk><disk type='file'><source file='/b'/><target dev='vdb' bus='virtio'/></disk><interface type='user'/>",
  });
  const { disks, interfaces } = def.devices;
  expect([...disks, ...interfaces].map((device) => bootIndexes(def).get(device))).toEqual([3, undefined, 2]);
});
