import type { Resources } from "../command/types.ts";

const MASTER_KEY_BYTES = 32;

/** Stands for what a run would open when only the text of the command line is wanted. */
export const paperResources: Resources = {
  monitorFd: 3,
  masterKey: new Uint8Array(MASTER_KEY_BYTES),
  chardevFile: () => 4,
  chardevLog: () => 4,
  chardevListen: () => 4,
  tap: () => ({ name: "vnet0", fds: [5], vhostFds: [] }),
  device: () => 6,
  fdGroup: () => [],
  secret: () => new Uint8Array(0),
  random: (bytes) => new Uint8Array(bytes),
};
