import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Debian's own libvirtd in place of ours, to see that a test expects the right thing; set by `LIBVIRT_PEER=1`.
 * It is not split: one process stands for virtqemud and virtnetworkd, and it knows only the system paths.
 */
export const peer = process.env.LIBVIRT_PEER === "1";

/** What the peer needs of a world. @returns shell commands for inside */
export function preparePeer(prefix: string): string[] {
  writeFileSync(join(prefix, "etc/libvirt/libvirtd.conf"), 'auth_unix_rw = "none"\nauth_unix_ro = "none"\n');
  // It does not start without Debian's user, which only the package of its configuration makes.
  const accounts = [
    ["passwd", "libvirt-qemu:x:64055:64055::/:/bin/false\n"],
    ["group", "libvirt-qemu:x:64055:\n"],
  ] as const;
  return accounts.map(([name, line]) => {
    const copy = join(prefix, "etc", name);
    writeFileSync(copy, readFileSync(`/etc/${name}`, "utf8") + line);
    return `mount --bind ${copy} /etc/${name}`;
  });
}
