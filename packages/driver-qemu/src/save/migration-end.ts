import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Guest } from "../guest.ts";

const ends = new Set(["completed", "failed", "cancelled"]);

/**
 * Begins a migration, outgoing or incoming, and waits for its end.
 * @returns completed, failed, cancelled
 * @throws VirError OPERATION_FAILED when QEMU goes away
 */
export async function migrationEnd(guest: Guest, begin: () => Promise<unknown>): Promise<string> {
  const { monitor } = guest;
  await monitor.setMigrationEvents();
  let stop = () => {};
  const end = new Promise<string>((resolve) => {
    stop = monitor.qmp.onEvent(({ event, data }) => {
      if (event === "MIGRATION" && ends.has(String(data.status))) resolve(String(data.status));
    });
  });
  try {
    await begin();
    return await Promise.race([end, monitor.qmp.closed.then(gone)]);
  } finally {
    stop();
  }
}

function gone(): never {
  throw new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_FAILED, "domain is no longer running");
}
