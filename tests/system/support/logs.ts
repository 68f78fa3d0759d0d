import { log } from "@libvirt-ts/protocol";
import type { TestDaemon } from "./daemon.ts";

const dom = { uuid: new Uint8Array(16).fill(7), name: "vm1" };

/** A guest starts: the write end of its console's log. */
export async function openLog(daemon: TestDaemon, path: string, truncate = false): Promise<number> {
  const client = await daemon.connect();
  const args = { driver: "qemu", dom, path, flags: truncate ? 1 : 0 };
  const { fds } = await client.callWithFds(log.procs.domainOpenLogFile, args);
  client.close();
  return fds[0] ?? -1;
}

/** Everything written until now is in the file. */
export async function settled(daemon: TestDaemon, path: string): Promise<void> {
  const client = await daemon.connect();
  await client.call(log.procs.domainGetLogFilePosition, { path, flags: 0 });
  client.close();
}
