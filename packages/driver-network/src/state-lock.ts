import { closeSync, mkdirSync, openSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { ErrorDomain, systemError } from "@libvirt-ts/errors";
import type { Native } from "@libvirt-ts/native";
import { operationFailed } from "./errors.ts";
import type { NetworkDirs } from "./world.ts";

const EAGAIN = 11;
const lookAgainMs = 10;

/**
 * Makes this driver the only one of its directories. The descriptor is handed on to the programs the driver starts
 * (`runHolding`): if the driver is killed, its successor waits here for those that still work.
 * @param deadlineMs how long a predecessor's programs may take
 * @returns the descriptor; the lock lasts until every copy of it is closed
 * @throws VirError OPERATION_FAILED when another driver is at work
 */
export async function lockState(
  native: Pick<Native, "ofdLock">,
  dirs: Pick<NetworkDirs, "status">,
  deadlineMs = 10_000,
): Promise<number> {
  mkdirSync(dirs.status, { recursive: true, mode: 0o755 });
  const path = `${dirs.status}/driver.pid`;
  const fd = openSync(path, "a", 0o600);
  for (const end = Date.now() + deadlineMs; ; ) {
    const result = native.ofdLock(fd, "write", 0, 1);
    if (result >= 0) return fd;
    if (result !== -EAGAIN || Date.now() > end) {
      closeSync(fd);
      if (result !== -EAGAIN) throw systemError(ErrorDomain.NETWORK, -result, `cannot lock '${path}'`);
      throw operationFailed(`another network driver is using '${dirs.status}'`);
    }
    await pause(lookAgainMs); // the kernel tells nobody when such a lock ends
  }
}
