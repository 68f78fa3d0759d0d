import { int, type Keys, list, managerKeys, optionalStr, str } from "@libvirt-ts/config";

/** Most backups a log may have. */
const maxBackups = 32;

export const virtlogdKeys = {
  ...managerKeys,
  max_size: int(2 * 1024 * 1024, { min: 0, max: 2 ** 40, doc: "Bytes before a log rolls over; 0 = never." }),
  max_backups: int(3, { min: 0, max: maxBackups, doc: "Rolled-over files kept of a log." }),
  compress_backups: str("none", {
    oneOf: ["none", "gzip"],
    doc: "How rolled-over files are kept: `none` leaves them as they were written, `gzip` compresses them slowly, aside, under names that end in `.gz`. Every way of reading logs through this daemon reads those as well; other programs see files of a kind they may not expect.",
  }),
  max_age_days: int(0, {
    min: 0,
    max: 36_500,
    doc: "Days after which a log that nobody writes is removed; 0 = never. Looked at once a day.",
  }),
  log_root: optionalStr({
    doc: "Directory whose subdirectories are searched for logs that are too old; default /var/log/libvirt/.",
  }),
  log_readers: optionalStr({
    doc: "Group whose members may read logs, by a socket of their own; unset = only root.",
    example: "libvirt",
  }),
  access_drivers: list([], {
    doc: "Access control drivers asked whose logs a member of log_readers may see and read.",
    example: ["polkit"],
  }),
  ship_to: list([], {
    doc: "Where every line of every log goes as well: `journald`, `unix:PATH` or `tcp:HOST:PORT` (lines of JSON). Guests never wait for it: lines that cannot be taken are dropped and counted.",
    example: ["journald"],
  }),
} satisfies Keys;
