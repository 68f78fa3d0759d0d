import type { LocalDirectories } from "@libvirt-ts/host/local-directories";
import { mountOf } from "@libvirt-ts/host/mounts";
import {
  directCalls,
  type FileCalls,
  type InTurn,
  type Maybe,
  type PooledCalls,
  pooledCalls,
} from "./file-calls.ts";

/** Calls at a time to one file system; each that hangs holds a thread of the pool. */
const slots = 2;

/** Knows by which calls files are reached without ever stopping the event loop for a file server. */
export interface FilePlaces {
  /** For writing: at once where that is safe. */
  callsFor(path: string): Maybe<FileCalls>;
  /** For reading, which may wait for a disk. */
  pooledFor(path: string): PooledCalls;
}

/** Every file is on a disk of this host. */
export const localPlaces: FilePlaces = {
  callsFor: () => directCalls,
  pooledFor: () => pooledCalls((call) => call()),
};

/** What is known of directories. */
export type Directories = Pick<LocalDirectories, "has" | "ask">;

/**
 * @param mount which file system a path is on, without looking at the path
 */
export function filePlaces(local: Directories, mount: typeof mountOf = mountOf): FilePlaces {
  const byDevice = new Map<string, { run: InTurn; calls: PooledCalls }>();
  const deviceOf = (path: string) => {
    const { device } = mount(path);
    const run = turns(slots);
    const found = byDevice.get(device) ?? { run, calls: pooledCalls(run) };
    byDevice.set(device, found);
    return found;
  };
  const find = async (path: string) => {
    const { run, calls } = deviceOf(path);
    return (await run(() => local.ask(path))) ? directCalls : calls;
  };
  return {
    pooledFor: (path) => deviceOf(path).calls,
    callsFor: (path) => (local.has(path) ? directCalls : find(path)),
  };
}

/** At most so many at a time, in the order they came. */
function turns(most: number): InTurn {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (call) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await call();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
