import { expect, test } from "vitest";
import { targetOf } from "./target.ts";

const where = (privileged: boolean, files: readonly string[] = [], readOnly = false) => ({
  run: "/run/libvirt",
  privileged,
  readOnly,
  exists: (path: string) => files.includes(path),
});

test.each([
  ["qemu:///system", true, [], "virtqemud", "qemu:///system"],
  ["QEMU:///system?x=1", true, [], "virtqemud", "QEMU:///system?x=1"],
  ["network:///system", true, [], "virtnetworkd", "network:///system"],
  ["secret:///session", false, [], "virtsecretd", "secret:///session"],
  ["", true, ["/run/libvirt/virtlxcd-sock", "/run/libvirt/virtvzd-sock"], "virtlxcd", "lxc:///system"],
  [null, true, ["/run/libvirt/virtqemud-sock"], "virtqemud", "qemu:///system"],
  ["", false, ["/run/libvirt/virtvboxd-sock"], "virtvboxd", "vbox:///session"],
  ["", false, [], "virtqemud", "qemu:///session"],
])("%s (system: %s, there: %s)", (name, privileged, files, daemon, uri) => {
  const socket = `/run/libvirt/${daemon}-sock`;
  const readOnlySocket = privileged ? `${socket}-ro` : undefined;
  expect(targetOf(name, where(privileged, files))).toEqual({ daemon, socket, readOnlySocket, uri });
});

test("a reader looks for sockets of readers", () => {
  const files = ["/run/libvirt/virtqemud-sock", "/run/libvirt/virtlxcd-sock-ro"];
  expect(targetOf("", where(true, files, true)).daemon).toBe("virtlxcd");
});

test.each([
  "",
  "gopher:///system",
  "qemu://far/system",
  "qemu+tcp://far/system",
  "rubbish",
  "test:///default",
])("nobody for '%s'", (name) => {
  expect(() => targetOf(name, where(true))).toThrow(/^no connection driver available for/);
});
