import { parseStoragePool } from "@libvirt-ts/conf/storage";
import { expect, test } from "vitest";
import { sharesSource } from "./conflict.ts";

const pool = (type: string, source: string, path = `/${type}`) =>
  parseStoragePool(
    `<pool type='${type}'><name>p</name><source>${source}</source><target><path>${path}</path></target></pool>`,
  );
const host = "<host name='h'/>";
const fc = (wwpn: string) => `<adapter type='fc_host' wwnn='20000000c9831b4b' wwpn='${wwpn}'/>`;
const target = (device: string, iqn: string) =>
  `${host}<device path='${device}'/><initiator><iqn name='${iqn}'/></initiator>`;

test.each([
  ["one folder", pool("dir", ""), pool("dir", ""), true],
  ["two folders", pool("dir", ""), pool("dir", "", "/b"), false],
  ["one disk", pool("fs", "<device path='/dev/a'/>"), pool("disk", "<device path='/dev/a'/>"), true],
  ["two disks", pool("fs", "<device path='/dev/a'/>"), pool("fs", "<device path='/dev/b'/>"), false],
  ["one export", pool("netfs", `${host}<dir path='/a'/>`), pool("netfs", `${host}<dir path='/a'/>`), true],
  ["two exports", pool("netfs", `${host}<dir path='/a'/>`), pool("netfs", `${host}<dir path='/b'/>`), false],
  ["one target", pool("iscsi", target("iqn.a", "iqn.i")), pool("iscsi", target("iqn.a", "iqn.i")), true],
  ["two initiators", pool("iscsi", target("iqn.a", "iqn.i")), pool("iscsi", target("iqn.a", "iqn.j")), false],
  ["a target and a disk", pool("iscsi", target("/a", "iqn.i")), pool("fs", "<device path='/a'/>"), false],
  ["one adapter", pool("scsi", fc("10000000c9831b4b")), pool("scsi", fc("10000000c9831b4b")), true],
  ["two adapters", pool("scsi", fc("10000000c9831b4b")), pool("scsi", fc("10000000c9831b4c")), false],
  ["multipath", pool("mpath", ""), pool("mpath", "", "/b"), true],
  ["other types", pool("dir", "", "/a"), pool("mpath", "", "/a"), false],
])("%s", (_name, a, b, shares) => {
  expect(sharesSource(a, b)).toBe(shares);
});
