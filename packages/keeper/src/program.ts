import { native } from "@libvirt-ts/native";
import { Keeper } from "./keeper.ts";

/**
 * The whole of the keeper's program.
 * @param argv what follows `keeperOption`: the name it goes by, the number of its listening socket, and how many
 * milliseconds to wait for a daemon when nothing it keeps is in use
 */
export function runKeeper([title = "", listener, graceMs]: readonly string[]): void {
  const fd = Number(listener);
  const name = native.getSockName(fd);
  if (typeof name === "number" || !name.listening) {
    process.stderr.write("the keeper is started by its daemon, with a socket to listen on\n");
    process.exitCode = 1;
    return;
  }
  process.title = title;
  native.setCloexec(fd, true);
  new Keeper({ native, listener: fd, graceMs: Number(graceMs), leave: () => process.exit(0) });
}
