import { expect, test } from "vitest";
import { userCacheDirectory, userRuntimeDirectory } from "./user-directories.ts";

test.each([
  [{ HOME: "/h", XDG_RUNTIME_DIR: "/run/user/7", XDG_CACHE_HOME: "/c" }, "/c", "/run/user/7"],
  [{ HOME: "/h", XDG_RUNTIME_DIR: "", XDG_CACHE_HOME: "/c" }, "/c", "/c"],
  [{ HOME: "/h" }, "/h/.cache", "/h/.cache"],
  [{}, "/.cache", "/.cache"],
])("%o", (env, cache, runtime) => {
  expect([userCacheDirectory(env), userRuntimeDirectory(env)]).toEqual([cache, runtime]);
});
