import { readFileSync } from "node:fs";

/** Types of file systems that never wait for another host. */
const localTypes: ReadonlySet<string> = new Set([
  "ext2",
  "ext3",
  "ext4",
  "xfs",
  "btrfs",
  "f2fs",
  "zfs",
  "tmpfs",
  "ramfs",
  "devtmpfs",
  "overlay",
]);

/** Where a path lies. */
export interface Mount {
  /** Of the mounted file system: the same wherever it is mounted. */
  readonly device: string;
  readonly isLocal: boolean;
}

interface MountLine extends Mount {
  readonly id: string;
  readonly point: string;
}

const listFile = "/proc/self/mountinfo";

/**
 * The file system a path lies on, by the kernel's list: never waits for a server, as any look at the path could.
 * Links in the path are not followed.
 */
export function mountOf(path: string, list = readFileSync(listFile, "utf8")): Mount {
  let found: MountLine = { id: "", point: "", device: "", isLocal: false };
  for (const mount of parseList(list))
    if (mount.point.length >= found.point.length && isBelow(path, mount.point)) found = mount;
  return found;
}

/** The file system of an open file, whatever name it was opened by. */
export function mountOfFile(fd: number, list = readFileSync(listFile, "utf8")): Mount {
  const [, id] = /^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1")) ?? [];
  return parseList(list).find((mount) => mount.id === id) ?? { device: "", isLocal: false };
}

/** @see proc(5): id, parent, device, root, mount point, options, fields of any number, "-", type, … */
function parseList(list: string): MountLine[] {
  return list.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [id, , device, , point] = before.split(" ");
    const [type = ""] = after.split(" ");
    if (id === undefined || device === undefined || point === undefined) return [];
    return [{ id, device, point: unescaped(point), isLocal: localTypes.has(type) }];
  });
}

function isBelow(path: string, point: string): boolean {
  return path === point || path.startsWith(point.endsWith("/") ? point : `${point}/`);
}

/** The kernel writes blanks and backslashes as octal numbers. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
