import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { type LogInfo, LogPiece, logReading } from "@libvirt-ts/protocol";
import { type Client, eventFrame, type ServerStream, type Service, visible } from "@libvirt-ts/rpc/server";
import { formatUuid } from "@libvirt-ts/util/uuid";
import { encode } from "@libvirt-ts/xdr";
import type { Changes } from "./changes.ts";
import type { FilePlaces } from "./file-places.ts";
import type { LogList } from "./log-list.ts";
import { type PiecesOptions, readPieces } from "./log-pieces.ts";

const flagFollow = 1;

export interface ReadingOptions {
  readonly list: LogList;
  readonly changes: Changes;
  readonly maxBackups: number;
  readonly places: FilePlaces;
  /** Whether any file may be read as a log, not only those that are one. */
  readonly anyPath: boolean;
}

/** The program that reads logs; `tellProblem` sends its event. */
export interface ReadingService {
  readonly service: Service<typeof logReading.procs>;
  tellProblem(path: string): void;
}

export function readingService({
  list,
  changes,
  maxBackups,
  places,
  anyPath,
}: ReadingOptions): ReadingService {
  const subscribers = new Set<Client>();
  const check = (path: string) => {
    if (!anyPath) list.mustBeLog(path);
  };

  async function send(
    stream: ServerStream,
    { path, range }: Pick<PiecesOptions, "path" | "range">,
    follow: boolean,
  ) {
    const watch = changes.watch(path);
    void stream.closed.then(() => watch.close());
    try {
      const more = follow ? () => watch.next() : undefined;
      for await (const piece of readPieces({ path, maxBackups, places, range, ...(more && { more }) }))
        await stream.write(withLength(encode(LogPiece, piece, 4)));
      await stream.end();
    } finally {
      watch.close();
    }
  }

  return {
    service: {
      program: logReading,
      errorDomain: ErrorDomain.LOGGING,
      access: {
        driver: "virtlogd",
        objectOf: (_type, args) => {
          const { path } = args as { path: string }; // every call with a rule has one
          check(path);
          return attributesOf(list.known(path));
        },
      },
      handlers: {
        async list({ flags }, call) {
          checkFlags(flags, 0, "logReadingList", ErrorDomain.LOGGING);
          return { logs: [...(await visible(call, await list.all(), attributesOf))] };
        },
        async stat({ path, flags }) {
          checkFlags(flags, 0, "logReadingStat", ErrorDomain.LOGGING);
          check(path);
          return { info: await list.of(path), ...(await list.details(path)) };
        },
        read({ path, range, flags }, call) {
          checkFlags(flags, flagFollow, "logReadingRead", ErrorDomain.LOGGING);
          check(path);
          const follow = (flags & flagFollow) !== 0;
          call.openStream({ serve: (stream) => send(stream, { path, range }, follow) });
        },
        subscribe({ flags }, { client }) {
          checkFlags(flags, 0, "logReadingSubscribe", ErrorDomain.LOGGING);
          if (subscribers.has(client)) return;
          subscribers.add(client);
          client.onClose(() => subscribers.delete(client));
        },
      },
    },
    tellProblem(path) {
      if (subscribers.size === 0) return;
      const info = list.known(path);
      const frame = eventFrame(logReading.procs.problem, { info });
      for (const client of subscribers) client.sendVisible(frame, "domain:getattr", () => attributesOf(info));
    },
  };
}

/** As libvirt's polkit rules name them. */
function attributesOf({ dom }: LogInfo) {
  return { domain_name: dom.name, domain_uuid: formatUuid(dom.uuid) };
}

/** @param bytes the first four are free */
function withLength(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, bytes.length - 4);
  return bytes;
}
