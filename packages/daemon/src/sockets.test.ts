import { lstatSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { native } from "@libvirt-ts/native";
import { expect, test } from "vitest";
import { bindSocket, openSockets, removeSocketFiles, socketPlans } from "./sockets.ts";

const run = mkdtempSync(join(tmpdir(), "sockets-"));
const plan = { role: "main", unit: "d.socket", mode: 0o640, backlog: 5 } as const;

test.each([
  ["manager", true, ["virtlogd-sock 700 virtlogd.socket", "virtlogd-admin-sock 700 virtlogd-admin.socket"]],
  [
    "driver",
    true,
    [
      "virtlogd-sock 700 virtlogd.socket",
      "virtlogd-sock-ro 777 virtlogd-ro.socket",
      "virtlogd-admin-sock 700 virtlogd-admin.socket",
    ],
  ],
  ["driver", false, ["virtlogd-sock 700 virtlogd.socket", "virtlogd-admin-sock 700 virtlogd-admin.socket"]],
] as const)("%s, privileged %s", (kind, privileged, expected) => {
  const plans = socketPlans({ name: "virtlogd", kind, run: "/r", privileged });
  expect(plans.map(({ path, mode, unit }) => `${path.slice(3)} ${mode.toString(8)} ${unit}`)).toEqual(
    expected,
  );
});

test("mode, a living rival, stale remains, removal", () => {
  const path = join(run, "sub/d-sock");
  const bound = bindSocket({ ...plan, path }, native);
  expect((lstatSync(path).mode & 0o777).toString(8)).toBe("640");
  expect(() => bindSocket({ ...plan, path }, native)).toThrow(`Another process listens on '${path}'`);
  native.close(bound.fd);
  const again = bindSocket({ ...plan, path }, native);
  removeSocketFiles([again]);
  expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
  native.close(again.fd);
});

test("never removes what is no socket", () => {
  const path = join(run, "file");
  writeFileSync(path, "precious");
  expect(() => bindSocket({ ...plan, path }, native)).toThrow("no socket");
});

test("sockets brought by the service manager; roles it left out stay out", () => {
  const fd = native.socketUnix("stream");
  const plans = socketPlans({ name: "d", kind: "driver", run, privileged: true });
  expect(openSockets(plans, new Map([["d-admin.socket", fd]]), native)).toEqual([
    { role: "admin", path: join(run, "d-admin-sock"), fd, ownsFile: false },
  ]);
  native.close(fd);
});
