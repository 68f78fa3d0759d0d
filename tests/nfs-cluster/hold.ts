import { spawn } from "node:child_process";
import { once } from "node:events";
import { lock } from "@libvirt-ts/protocol";
import { RpcClient } from "@libvirt-ts/rpc/client";

/*
 * A program for the hosts of the cluster: starts a process that stands for a guest and locks files for it.
 *   hold NAME PATH...        prints "held PID", or the error and ends with status 1
 */
const [name = "", ...paths] = process.argv.slice(2);
const guest = spawn("sleep", ["100000"], { stdio: "ignore", detached: true });
await once(guest, "spawn");
const client = await RpcClient.connect("/run/libvirt/virtlockd-sock");
try {
  const uuid = new Uint8Array(16).fill(name.length);
  await client.call(lock.procs.register, { owner: { uuid, name, id: 1, pid: guest.pid ?? 0 }, flags: 0 });
  for (const path of paths) await client.call(lock.procs.acquireResource, { path: "", name: path, flags: 0 });
  console.log(`held ${guest.pid}`);
  guest.unref();
} catch (error) {
  guest.kill("SIGKILL");
  console.log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  client.close();
}
