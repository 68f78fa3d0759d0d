import { binding } from "./binding.ts";
import { environ, type LaunchError, type Launched, type LaunchOptions, launch } from "./launch.ts";
import type { Syscalls } from "./syscalls.ts";

/** Everything this package offers, as one value to hand in where the world comes in as an argument. */
export interface Native extends Syscalls {
  /**
   * Replaces this process, only ever returns a negative errno. 0, 1 and 2 are inherited; clear
   * close-on-exec of others to keep (Node also sets it on all descriptors it inherits itself).
   */
  execve(file: string, argv: readonly string[], env: Readonly<Record<string, string | undefined>>): number;
  launch(options: LaunchOptions): Launched | LaunchError;
}

export const native: Native = {
  ...binding,
  execve: (file, argv, env) => {
    for (const fd of [0, 1, 2]) binding.setCloexec(fd, false); // Node marks them when it starts
    return binding.execve(file, argv, environ(env));
  },
  launch,
};
