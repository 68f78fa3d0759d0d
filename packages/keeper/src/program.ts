import { native } from "@libvirt-ts/native";
import { Keeper } from "./keeper.ts";

/**
 * The whole of the keeper's program.
 * @param argv the name it goes by, the number of its listening socket, and how many milliseconds to wait for a
 * daemon when nothing it keeps is in use
 */
export function runKeeper([title, listener, graceMs]: readonly string[]): void {
  if (title === undefined || listener === undefined) {
    process.stderr.write("the keeper is started by a daemon, with a socket to listen on\n");
    process.exitCode = 1;
    return;
  }
  process.title = title;
  native.setCloexec(Number(listener), true);
  new Keeper({
    native,
    listener: Number(listener),
    graceMs: Number(graceMs ?? 10_000),
    leave: () => process.exit(0),
  });
}
