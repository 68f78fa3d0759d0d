import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { run } from "./support/daemon.ts";
import { until } from "./support/namespace.ts";

const daemons = ["virtlogd", "virtlockd", "virtnetworkd", "virtqemud"] as const;
const nobody = 65_534;

const guest = (home: string) => `<domain type='qemu'>
  <name>own</name>
  <memory unit='MiB'>32</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${home}/d.img'/><target dev='vda' bus='virtio'/></disk>
    <serial type='pty'><log file='${home}/console.log'/></serial>
  </devices>
</domain>
`;

/** An ordinary user with a home, and the daemons where his clients are told to look for them. */
describe.skipIf(process.getuid?.() !== 0)("a user who has no daemons yet", () => {
  const home = mkdtempSync(join(tmpdir(), "session-"));
  const runtime = join(home, "run");
  mkdirSync(join(home, "sbin"));
  for (const name of daemons) {
    cpSync(fileURLToPath(new URL(`../../daemons/${name}/dist`, import.meta.url)), join(home, name), {
      recursive: true,
    });
    symlinkSync(join(home, name, `${name}.js`), join(home, "sbin", name));
  }
  mkdirSync(join(home, ".config/libvirt"), { recursive: true });
  writeFileSync(join(home, ".config/libvirt/qemu.conf"), 'lock_manager = "lockd"\n');
  writeFileSync(join(home, "guest.xml"), guest(home));
  writeFileSync(join(home, "d.img"), Buffer.alloc(1 << 20));
  mkdirSync(runtime, { mode: 0o700 });
  for (const path of ["", "run", ".config", ".config/libvirt", "d.img"])
    chownSync(join(home, path), nobody, nobody);
  chmodSync(home, 0o755);

  const virsh = async (...args: string[]) => {
    const user = ["--reuid", String(nobody), "--regid", String(nobody), "--clear-groups", "env", "-i"];
    const env = [
      `HOME=${home}`,
      `XDG_RUNTIME_DIR=${runtime}`,
      `PATH=${process.env.PATH}`,
      `LIBVIRTD_PATH=${home}/sbin`,
    ];
    const command = ["virsh", "-q", "-c", "qemu:///session?mode=direct", ...args];
    const { code, stdout, stderr } = await run("setpriv", [...user, ...env, ...command]);
    return code === 0 ? stdout.trim() : `exit code ${code}: ${stderr}`;
  };
  const pidOf = (name: string) => Number(readFileSync(join(runtime, "libvirt", `${name}.pid`), "utf8"));

  afterAll(async () => {
    await virsh("destroy", "own");
    for (const name of [...daemons].reverse()) process.kill(pidOf(name));
    for (const name of daemons)
      await until(
        `${name} to end`,
        async () => (await run("ps", ["-A", "-o", "args"])).stdout.includes(`${home}/sbin/${name}`) === false,
      );
  });

  test("has each started by the first that needs it; they end by themselves later", async () => {
    expect(await virsh("define", join(home, "guest.xml"))).toBe("");
    expect(await virsh("start", "own")).toBe("");
    expect(await virsh("domstate", "own")).toBe("running");
    expect(await virsh("net-list", "--all")).toBe("");
    for (const name of daemons) {
      const commandLine = readFileSync(`/proc/${pidOf(name)}/cmdline`, "utf8");
      expect([name, commandLine]).toEqual([name, expect.stringContaining("--timeout=120")]);
    }
    expect(readFileSync(join(home, ".cache/libvirt/log/qemu/own.log"), "utf8")).toContain(
      "qemu-system-x86_64",
    );
  });
});
