import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle } from "./support/daemon.ts";
import { SystemdNamespace } from "./support/systemd-namespace.ts";

const units = fileURLToPath(new URL("../../daemons/virtlogd/systemd", import.meta.url));
const guest = fileURLToPath(new URL("./fixtures/log-guest.py", import.meta.url));

describe.skipIf(!SystemdNamespace.isPossible)("a machine with systemd, which keeps the pipes", () => {
  let machine: SystemdNamespace;
  beforeAll(async () => {
    machine = await SystemdNamespace.boot();
    const program = join(machine.shared, "virtlogd");
    cpSync(dirname(bundle("virtlogd")), program, { recursive: true });
    cpSync(guest, join(machine.shared, "guest.py"));
    mkdirSync(join(machine.shared, "units"));
    for (const name of readdirSync(units)) {
      const text = readFileSync(join(units, name), "utf8");
      const start = `ExecStart=${process.execPath} /shared/virtlogd/virtlogd.js`;
      writeFileSync(join(machine.shared, "units", name), text.replace(/^ExecStart=.*$/m, start));
    }
    await machine.succeed(
      "sh",
      "-c",
      "cp /shared/units/* /etc/systemd/system; mkdir -p /var/log/libvirt/qemu",
    );
    await machine.succeed("systemctl", "daemon-reload");
    await machine.succeed("systemctl", "start", "virtlogd.socket", "virtlogd-admin.socket");
  });
  afterAll(() => machine?.shutdown());

  const property = (name: string) =>
    machine.succeed("systemctl", "show", "--value", "-p", name, "virtlogd.service");

  test("killed, restarted and reloaded under a guest that writes: every line is there once", async () => {
    const path = "/var/log/libvirt/qemu/vm1.log";
    const writing = machine.succeed("python3", "/shared/guest.py", path, "6");
    await sleep(1000);
    expect(Number(await property("NFileDescriptorStore"))).toBe(1);
    const pids = new Set<string>();
    for (const act of [["kill", "-s", "SIGKILL"], ["restart"], ["kill", "-s", "SIGKILL"], ["reload"]]) {
      pids.add(await property("MainPID"));
      await machine.succeed("systemctl", ...act, "virtlogd.service");
      await sleep(1000);
    }
    pids.add(await property("MainPID"));
    expect(pids.size, "each of them another process").toBe(5);
    const count = Number(await writing);
    await sleep(200);
    const text = await machine.succeed("sh", "-c", `cat $(ls -r ${path}.* 2>/dev/null) ${path}`);
    const numbers = text.split("\n").map((line) => Number(line.slice(5)));
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
    expect(numbers.at(-1)).toBe(count - 1);
    expect(Number(await property("NFileDescriptorStore")), "nothing is kept of a log that ended").toBe(0);
  });
});
