import { type Infer, i32, struct, u32, u64 } from "@libvirt-ts/xdr";
import { text, uuid } from "./common.ts";
import { proc, program } from "./program.ts";

export const Domain = struct({ uuid, name: text });
export type Domain = Infer<typeof Domain>;
/** A place in a log that outlives rotation: the file by its inode, and bytes into it. */
export const LogFilePosition = struct({ inode: u64, offset: u64 });
export type LogFilePosition = Infer<typeof LogFilePosition>;
export const DomainOpenLogFileArgs = struct({ driver: text, dom: Domain, path: text, flags: u32 });
export const DomainOpenLogFileRet = struct({ pos: LogFilePosition });
export const DomainGetLogFilePositionArgs = struct({ path: text, flags: u32 });
export const DomainGetLogFilePositionRet = struct({ pos: LogFilePosition });
export const DomainReadLogFileArgs = struct({ path: text, pos: LogFilePosition, maxlen: u64, flags: u32 });
export const DomainReadLogFileRet = struct({ data: text });
export const DomainAppendLogFileArgs = struct({
  driver: text,
  dom: Domain,
  path: text,
  message: text,
  flags: u32,
});
export const DomainAppendLogFileRet = struct({ ret: i32 });

/** The log daemon. */
export const log = program("log", 0x87539319, 1, {
  domainOpenLogFile: proc(1, DomainOpenLogFileArgs, DomainOpenLogFileRet, { fds: "out" }),
  domainGetLogFilePosition: proc(2, DomainGetLogFilePositionArgs, DomainGetLogFilePositionRet),
  domainReadLogFile: proc(3, DomainReadLogFileArgs, DomainReadLogFileRet),
  domainAppendLogFile: proc(4, DomainAppendLogFileArgs, DomainAppendLogFileRet),
});
