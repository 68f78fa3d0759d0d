import { VirError } from "@libvirt-ts/errors";
import { linesOf } from "@libvirt-ts/log-manager/reading";
import type { Logger } from "@libvirt-ts/logging";
import type { Changes } from "./changes.ts";
import type { FilePlaces } from "./file-places.ts";
import type { LineSink } from "./line-sinks.ts";
import { readPieces } from "./log-pieces.ts";
import type { OpenLog, OpenLogs } from "./open-logs.ts";

export interface ShippingOptions {
  readonly sinks: readonly LineSink[];
  readonly logs: OpenLogs;
  readonly changes: Changes;
  readonly maxBackups: number;
  readonly places: FilePlaces;
  readonly log: Logger;
}

/**
 * Sends the lines of a log to the sinks from now on, until it ends. It reads the files as any reader does, so the guest's
 * bytes take no detour; after a restart it goes on where the file ended.
 */
export async function ship(path: string, open: OpenLog, o: ShippingOptions): Promise<void> {
  const watch = o.changes.watch(path);
  try {
    const from = await o.logs.endOfFile(open);
    const range = { from, since: null, until: null, session: null, tail: null };
    const more = async () => o.logs.get(path) === open && (await watch.next());
    for await (const { kind, time, text } of linesOf(
      readPieces({ path, maxBackups: o.maxBackups, places: o.places, range, more }),
    )) {
      for (const sink of o.sinks) {
        if (kind === "line") sink.push({ ...open.owner, path, time, text });
        else if (kind === "gone") sink.skip();
      }
    }
  } catch (error) {
    if (!(error instanceof VirError)) throw error;
    o.log.warn({ err: error, path }, "log is not shipped");
  } finally {
    watch.close();
  }
}
