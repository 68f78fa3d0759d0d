import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { waitFor } from "./wait-for.ts";
import { type DaemonName, daemonNames, type World } from "./world.ts";

/** Everything that a world's daemons may leave behind, in comparable form. */
export interface Census {
  /** Network interfaces. */
  links: string[];
  /** Firewall rules. */
  rules: string;
  /** Programs by their command lines, without what differs from start to start. */
  processes: string[];
  /** Files and sockets below the prefix, bar logs and caches. */
  files: string[];
  /** File locks: kind and path. */
  locks: string[];
  /** Control groups of guests that are no more. */
  groups: string[];
  /** Open descriptors of each daemon, by kind. */
  descriptors: Record<string, string[]>;
}

export async function census(world: World): Promise<Census> {
  const links: { ifname: string }[] = JSON.parse(await world.output(["ip", "-json", "link"]));
  return {
    links: links.map(({ ifname }) => ifname).sort(),
    rules: await world.output(["nft", "--stateless", "list", "ruleset"]),
    processes: world
      .processes()
      .map(({ command }) => command)
      .sort(),
    files: files(world.prefix),
    locks: locks(world.prefix),
    groups: groups(),
    descriptors: Object.fromEntries(daemonNames.map((name) => [name, descriptors(world.daemon(name).pid)])),
  };
}

/**
 * Asserts that nothing was left behind since `before`; what is on its way out gets the time it needs.
 * @param o.restarted daemons that are not the same process as before, so that their descriptors tell nothing
 */
export async function expectNoLeak(
  world: World,
  before: Census,
  { restarted = [] }: { restarted?: readonly DaemonName[] } = {},
): Promise<void> {
  let now = await census(world);
  for (const name of restarted) before.descriptors[name] = now.descriptors[name] ?? [];
  // Others on this machine may have taken away groups of theirs.
  before.groups = before.groups.filter((group) => now.groups.includes(group));
  const wanted = JSON.stringify(before);
  const clean = waitFor(
    "a clean world",
    async () => {
      now = await census(world);
      return JSON.stringify(now) === wanted;
    },
    5_000,
  );
  await clean.catch(() => expect(now).toEqual(before));
}

const unwatched = /^(var\/(log|cache)|[^/]*\.out$|images\/definition.xml$)/;

function files(prefix: string): string[] {
  return readdirSync(prefix, { recursive: true })
    .map(String)
    .filter((name) => !unwatched.test(name))
    .sort();
}

function inodes(prefix: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(prefix, { recursive: true }).map(String)) {
    const entry = lstatSync(join(prefix, name), { throwIfNoEntry: false });
    if (entry !== undefined) found.set(`${entry.ino}`, name);
  }
  return found;
}

/** The locks held on files below a directory, by whomever: `FLOCK|POSIX|OFDLCK READ|WRITE path first-last byte`. */
export function locks(directory: string): string[] {
  const names = inodes(directory);
  return readFileSync("/proc/locks", "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, kind, , mode, , place, first, last] = line.trim().split(/ +/);
      const name = names.get(place?.split(":")[2] ?? "");
      return name === undefined ? [] : [`${kind} ${mode} ${name} ${first}-${last}`];
    })
    .sort();
}

/** Those without a process in them: what others on this machine run is not ours. */
function groups(): string[] {
  return guestGroups("/sys/fs/cgroup", 4).filter(isEmpty);
}

function guestGroups(path: string, depth: number): string[] {
  if (depth === 0) return [];
  return directories(path).flatMap((name) => {
    const child = join(path, name);
    return /^(qemu-|machine-qemu)/.test(name) ? [child] : guestGroups(child, depth - 1);
  });
}

function isEmpty(group: string): boolean {
  try {
    return (
      readFileSync(join(group, "cgroup.procs"), "utf8") === "" &&
      directories(group).every((name) => isEmpty(join(group, name)))
    );
  } catch {
    return false; // removed meanwhile
  }
}

function directories(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return []; // removed meanwhile
  }
}

/** Sockets and pipes have numbers that say nothing. */
export function descriptors(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory)
    .flatMap((fd) => {
      try {
        return [readlinkSync(join(directory, fd)).replace(/:\[\d+\]$/, "")];
      } catch {
        return []; // closed meanwhile
      }
    })
    .sort();
}
