import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";

/** A process of this host that has a lock on a file. */
export interface ImageHolder {
  readonly pid: number;
  /** As the kernel names the program. */
  readonly program: string;
  /** Of a QEMU that libvirt has started. */
  readonly guest: string | undefined;
  readonly mode: "read" | "write";
  /** Bytes; QEMU locks some of 100 to 203, lock daemons byte 0. */
  readonly start: number;
}

/**
 * Who on this host has locks on a file, of whatever kind; by what the kernel tells of every process.
 * @param root where /proc is
 */
export function imageHolders(path: string, root = ""): ImageHolder[] {
  const { dev, ino } = statSync(path);
  const file = `${hex(major(dev))}:${hex(minor(dev))}:${ino}`;
  const pids = readdirSync(`${root}/proc`).filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const process = `${root}/proc/${pid}`;
    const locks = descriptors(process).flatMap((fd) => locksOf(`${process}/fdinfo/${fd}`, file));
    const unique = new Map(locks.map((lock) => [`${lock.mode} ${lock.start}`, lock]));
    if (unique.size === 0) return [];
    const about = { pid: Number(pid), program: read(`${process}/comm`).trim(), guest: guestOf(process) };
    return [...unique.values()].map((lock) => ({ ...about, ...lock }));
  });
}

/** @see proc(5): "lock:\t1: OFDLCK  ADVISORY  WRITE -1 fe:01:1234 100 101" */
function locksOf(fdinfo: string, file: string): Pick<ImageHolder, "mode" | "start">[] {
  return read(fdinfo)
    .split("\n")
    .flatMap((line) => {
      const [what, , , , mode, , where, start] = line.split(/\s+/);
      if (what !== "lock:" || where !== file) return [];
      return [{ mode: mode === "WRITE" ? "write" : "read", start: Number(start) } as const];
    });
}

function guestOf(process: string): string | undefined {
  const [, name] = /^guest=([^,]+)/m.exec(read(`${process}/cmdline`).replaceAll("\0", "\n")) ?? [];
  return name;
}

function descriptors(process: string): string[] {
  try {
    return readdirSync(`${process}/fdinfo`).filter((fd) => mayBeFile(`${process}/fd/${fd}`));
  } catch {
    return []; // it ended, or is not ours to see
  }
}

function mayBeFile(link: string): boolean {
  try {
    return readlinkSync(link).startsWith("/");
  } catch {
    return false; // closed meanwhile
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // as above
  }
}

/** As the kernel's C library packs them. */
function major(dev: number): number {
  return Math.floor(dev / 256) % 4096;
}

function minor(dev: number): number {
  return (dev % 256) + Math.floor(dev / 1_048_576) * 256;
}

function hex(number: number): string {
  return number.toString(16).padStart(2, "0");
}
