import { array, bool, bytes, type Infer, i32, optional, struct, u32, u64 } from "@libvirt-ts/xdr";
import { text } from "./common.ts";
import { Domain, LogFilePosition } from "./log.ts";
import { event, proc, program } from "./program.ts";

/** Logs in a list, files of a log, guest starts in a log. */
const maxItems = 65_536;
/** Bytes of one piece of a log. */
export const LOG_PIECE_MAX = 131_072;

/** A log as it is listed. */
export const LogInfo = struct({
  path: text,
  driver: text,
  /** Of a log that nobody writes: the name as the path has it, the UUID zero. */
  dom: Domain,
  isOpen: bool,
  /** Why it cannot be written now; "" = it can. */
  problem: text,
  /** Bytes dropped that the log does not tell of yet. */
  dropped: u64,
  /** Bytes on disk, with backups; 0 in a `problem`, as the files may not even answer. */
  size: u64,
  /** Last write, milliseconds since 1970. */
  modified: u64,
});
export type LogInfo = Infer<typeof LogInfo>;

export const LogFileInfo = struct({ path: text, inode: u64, size: u64, /** of its first byte */ time: u64 });
export type LogFileInfo = Infer<typeof LogFileInfo>;

/** The start of a guest. */
export const LogSession = struct({ pos: LogFilePosition, time: u64 });
export type LogSession = Infer<typeof LogSession>;

/**
 * What a piece is: bytes, or a mark between them without any: the guest starts here, output was dropped here, the file
 * read before is gone.
 */
export const LogPieceKind = { data: 0, session: 1, dropped: 2, gone: 3 } as const;

/** What the stream of a read carries, each after its length (u32). `kind`: one of `LogPieceKind`. */
export const LogPiece = struct({
  kind: u32,
  pos: LogFilePosition,
  /** When it came, milliseconds since 1970, to 50 ms. */
  time: u64,
  data: bytes(LOG_PIECE_MAX),
});
export type LogPiece = Infer<typeof LogPiece>;

/** Which part of a log; what is left out (null) does not bound it. */
export const LogRange = struct({
  /** As a piece or a session says; goes before the others. */
  from: optional(LogFilePosition),
  since: optional(u64),
  until: optional(u64),
  /** Of which start of the guest: 0 the last, -1 the one before, 1 the first kept. */
  session: optional(i32),
  /** Only the last so many bytes of that. */
  tail: optional(u64),
});
export type LogRange = Infer<typeof LogRange>;

export const LogReadingListArgs = struct({ flags: u32 });
export const LogReadingListRet = struct({ logs: array(LogInfo, maxItems) });
export const LogReadingStatArgs = struct({ path: text, flags: u32 });
export const LogReadingStatRet = struct({
  info: LogInfo,
  files: array(LogFileInfo, maxItems),
  sessions: array(LogSession, maxItems),
});
/** Flags: 1 = follow: the stream goes on with what comes, until the client ends it. */
export const LogReadingReadArgs = struct({ path: text, range: LogRange, flags: u32 });
export const LogReadingSubscribeArgs = struct({ flags: u32 });
export const LogReadingProblemMsg = struct({ info: LogInfo });

/** Reading logs, on the admin socket and the readers' socket of the log daemon; libvirt has nothing of the kind. */
export const logReading = program("logReading", 0x20864c47, 1, {
  list: proc(1, LogReadingListArgs, LogReadingListRet, { aclFilter: "domain:getattr" }),
  stat: proc(2, LogReadingStatArgs, LogReadingStatRet, { acl: "domain:read" }),
  read: proc(3, LogReadingReadArgs, null, { acl: "domain:read", stream: { direction: "read" } }),
  /** From now on `problem` is sent. */
  subscribe: proc(4, LogReadingSubscribeArgs, null),
  /** A log cannot be written any more, or it can again. */
  problem: event(5, LogReadingProblemMsg),
});
