import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle } from "./support/daemon.ts";
import { SystemdNamespace } from "./support/systemd-namespace.ts";

const units = fileURLToPath(new URL("../../daemons/virtlockd/systemd", import.meta.url));
const client = fileURLToPath(new URL("./fixtures/lock-client.py", import.meta.url));

/** What the client of the fixture has seen while the daemon was restarted. */
interface Seen {
  /** Connections it had to make; the first one included. */
  readonly connections: number;
  /** Answers other than that its lock is locked. */
  readonly wrong: readonly string[];
  /** Times somebody else got its lock. */
  readonly stolen: number;
  /** Longest wait for an answer. */
  readonly gapMs: number;
}

describe.skipIf(!SystemdNamespace.isPossible)(
  "a machine with systemd, which keeps locks and connections",
  () => {
    let machine: SystemdNamespace;
    beforeAll(async () => {
      machine = await SystemdNamespace.boot();
      cpSync(dirname(bundle("virtlockd")), join(machine.shared, "virtlockd"), { recursive: true });
      cpSync(client, join(machine.shared, "client.py"));
      mkdirSync(join(machine.shared, "units"));
      for (const name of readdirSync(units)) {
        const text = readFileSync(join(units, name), "utf8");
        const start = `ExecStart=${process.execPath} /shared/virtlockd/virtlockd.js`;
        writeFileSync(join(machine.shared, "units", name), text.replace(/^ExecStart=.*$/m, start));
      }
      await machine.succeed("sh", "-c", "cp /shared/units/* /etc/systemd/system; mkdir -p /var/images");
      await machine.succeed("systemctl", "daemon-reload");
      await machine.succeed("systemctl", "start", "virtlockd.socket", "virtlockd-admin.socket");
    });
    afterAll(() => machine?.shutdown());

    const property = (name: string) =>
      machine.succeed("systemctl", "show", "--value", "-p", name, "virtlockd.service");

    /** @returns what a client saw that held a lock and asked all the time */
    async function during(...command: string[]): Promise<Seen> {
      return JSON.parse(await machine.succeed("python3", "/shared/client.py", "--", ...command)) as Seen; // its last words
    }

    /** Until another process serves. */
    const script = `before=$(systemctl show --value -p MainPID virtlockd.service)
systemctl "$@" virtlockd.service
while now=$(systemctl show --value -p MainPID virtlockd.service); [ "$now" = "$before" ] || [ "$now" = 0 ]; do sleep 0.02; done`;
    const unit = (...args: string[]) => during("sh", "-ec", script, "sh", ...args);

    test("the unit does not keep V8's threads from giving way", async () => {
      await machine.succeed("systemctl", "start", "virtlockd.service");
      const niceness = await machine.succeed("ps", "-L", "-o", "ni=", "-p", await property("MainPID"));
      expect(new Set(niceness.split(/\s+/).filter(Boolean))).toEqual(new Set(["0", "5"]));
    });

    test.each([
      ["a reload", ["reload"], 1],
      ["a second reload", ["reload"], 1],
      ["a restart", ["restart"], 1],
      ["a restart after a reload", ["restart"], 1],
      ["an upgrade", ["reload-or-restart"], 1],
      ["SIGKILL", ["kill", "-s", "SIGKILL"], 2],
      ["out of memory (SIGKILL of all there is)", ["kill", "-s", "SIGKILL", "--kill-who=all"], 2],
      ["a restart after SIGKILL", ["restart"], 1],
    ])("%s: the lock is never free, connections: %j -> %i", async (what, args, connections) => {
      const before = await property("MainPID");
      const seen = await unit(...args);
      console.log(`${what}: longest wait ${seen.gapMs.toFixed(1)} ms`);
      expect(seen).toMatchObject({ connections, wrong: [], stolen: 0 });
      const after = await property("MainPID");
      expect([after === before, await property("ActiveState")], machine.console).toEqual([false, "active"]);
    });

    test("the guest's own connection stays too, and its end frees its locks", async () => {
      const guest = machine.succeed("python3", "/shared/client.py", "--guest", "/var/images/guest.img");
      await machine.succeed("sh", "-c", "until [ -e /var/images/guest.img.held ]; do sleep 0.05; done");
      for (const act of ["restart", "reload", "restart"]) await unit(act);
      await unit("kill", "-s", "SIGKILL");
      await machine.succeed("rm", "/var/images/guest.img.held");
      expect(await guest).toBe("alive");
      await machine.succeed("python3", "/shared/client.py", "--until-free", "/var/images/guest.img");
      await machine.succeed(
        "sh",
        "-c",
        "until [ $(systemctl show --value -p NFileDescriptorStore virtlockd.service) = 0 ]; do sleep 0.05; done",
      );
    });

    test("a stop for good ends connections, and with it all locks", async () => {
      const seen = await during("sh", "-c", "systemctl stop virtlockd.service; sleep 0.2");
      expect(seen.connections).toBeGreaterThan(1);
      expect(Number(await property("NFileDescriptorStore"))).toBe(0);
    });
  },
);
