import { join } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** Where a user's programs keep what they can make again. */
export const userCacheDirectory = (env: Env): string => env.XDG_CACHE_HOME || join(env.HOME || "/", ".cache");

/** Where a user's sockets are: without XDG_RUNTIME_DIR (no login session) C libvirt takes the cache's directory, as GLib does. */
export const userRuntimeDirectory = (env: Env): string => env.XDG_RUNTIME_DIR || userCacheDirectory(env);
