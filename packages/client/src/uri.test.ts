import { describe, expect, test } from "vitest";
import { chooseSocket, type Place } from "./socket-path.ts";
import { sshCommand } from "./ssh.ts";
import { planOf } from "./uri.ts";

test.each([
  ["", { driver: undefined, name: "", transport: undefined }],
  ["qemu:///system", { driver: "qemu", name: "qemu:///system", transport: undefined, host: "" }],
  ["test:///default", { driver: "test", path: "/default", transport: undefined }],
  ["QEMU:///system", { driver: "qemu", name: "qemu:///system" }],
  [
    "qemu+unix:///system?socket=/a%20b",
    { transport: "unix", name: "qemu:///system", params: { socket: "/a b" } },
  ],
  ["qemu://far/system", { transport: "tls", host: "far", port: undefined, name: "qemu:///system" }],
  ["qemu+tcp://far:7/system?x=1&no_verify=1&y=%41", { port: 7, name: "qemu:///system?x=1&y=%41" }],
  ["qemu+tls://[fe80::1]:16514/system", { host: "fe80::1", port: 16_514 }],
  ["qemu+ssh://me%40x@far/session;", { transport: "ssh", user: "me@x", host: "far" }],
  ["remote+tcp://far/", { driver: undefined, name: "", transport: "tcp" }],
  ["remote+tcp://far/?name=lxc:///system", { name: "lxc:///system" }],
  ["qemu:///system?mode=direct&proxy=native", { mode: "direct", proxy: "native", name: "qemu:///system" }],
])("%s", (uri, plan) => {
  expect(planOf(uri)).toMatchObject(plan);
});

test.each([
  ["qemu+carrier-pigeon://far/system", /transport in URL not recognised/],
  ["qemu+unix://far/system", /using unix socket and remote server 'far'/],
  ["qemu+libssh2://far/system", /libssh2 transport support was not enabled/],
  ["qemu:///system?mode=odd", /Unknown value 'odd' for mode/],
  ["no uri", /Unable to parse URI/],
])("refuses %s", (uri, message) => {
  expect(() => planOf(uri)).toThrow(message);
});

describe("which socket", () => {
  const both = ["/run/libvirt/virtqemud-sock", "/run/libvirt/libvirt-sock"];
  const env = { XDG_RUNTIME_DIR: "/run/user/7" };
  const place = (uid: number, files: readonly string[]): Place => ({
    uid,
    env,
    exists: (path) => files.includes(path),
  });

  test.each([
    ["both there: the driver's own", "qemu:///system", 0, both, {}, "/run/libvirt/virtqemud-sock"],
    [
      "only that of all drivers",
      "qemu:///system",
      0,
      ["/run/libvirt/libvirt-sock"],
      {},
      "/run/libvirt/libvirt-sock",
    ],
    ["none", "qemu:///system", 0, [], {}, "/run/libvirt/virtqemud-sock"],
    ["mode=legacy", "qemu:///system?mode=legacy", 0, both, {}, "/run/libvirt/libvirt-sock"],
    ["read only", "network:///system", 0, [], { readOnly: true }, "/run/libvirt/virtnetworkd-sock-ro"],
    ["no driver", "", 0, both, {}, "/run/libvirt/libvirt-sock"],
    ["socket=", "qemu:///system?socket=/x", 0, both, {}, "/x"],
    ["a user's", "qemu:///session", 7, [], {}, "/run/user/7/libvirt/virtqemud-sock"],
    [
      "a user's, read only",
      "qemu:///session",
      7,
      [],
      { readOnly: true },
      "/run/user/7/libvirt/virtqemud-sock",
    ],
    ["root's session is the system's", "qemu:///session", 0, [], {}, "/run/libvirt/virtqemud-sock"],
    ["a user on the system", "qemu:///system", 7, both, {}, "/run/libvirt/virtqemud-sock"],
    ["elsewhere", "qemu+ssh://h/system", 7, [], { local: false }, "/run/libvirt/libvirt-sock"],
    [
      "elsewhere, direct",
      "qemu+ssh://h/system?mode=direct",
      7,
      [],
      { local: false },
      "/run/libvirt/virtqemud-sock",
    ],
  ])("%s", (_, uri, uid, files, options, path) => {
    expect(chooseSocket(planOf(uri), place(uid, files), options).path).toBe(path);
  });

  test("mode=direct needs a driver", () => {
    expect(() => chooseSocket(planOf("remote:///?mode=direct"), place(0, both))).toThrow(
      /direct socket mode/,
    );
  });
});

test.each([
  ["qemu+ssh://far/system", "ssh -e none -- far"],
  [
    "qemu+ssh://me@far:22/system?keyfile=/k&no_tty=1",
    "ssh -p 22 -l me -i /k -T -o BatchMode=yes -e none -- far",
  ],
  ["qemu+ssh://far/system?command=/my/ssh&no_verify=1", "/my/ssh -o StrictHostKeyChecking=no -e none -- far"],
])("ssh for %s", (uri, command) => {
  const argv = sshCommand(planOf(uri), "/s", false);
  expect(argv.slice(0, -1).join(" ")).toBe(command);
});

test.each([
  ["qemu+ssh://h/system", true, /virt-ssh-helper -r .*qemu:\/\/\/system.*exec .*nc.* -U .*\/it'/],
  ["qemu+ssh://h/system?proxy=native", false, /^sh -c 'exec virt-ssh-helper '\\''qemu:\/\/\/system'\\'''$/],
  ["qemu+ssh://h/system?netcat=/my/nc", false, /^(?!.*helper).*\/my\/nc/],
])("what %s runs over there", (uri, readOnly, script) => {
  expect(sshCommand(planOf(uri), "/it's", readOnly).at(-1)).toMatch(script);
});
