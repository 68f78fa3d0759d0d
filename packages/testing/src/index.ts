export { type BootSectorOptions, bootSector } from "./boot-sector.ts";
export { type Census, census, descriptors, expectNoLeak, locks } from "./census.ts";
export { type CommandOptions, output, type Result, Running, run, testEnvironment } from "./command.ts";
export { DaemonProcess } from "./daemon-process.ts";
export {
  bootDisk,
  bootDomain,
  type GuestOptions,
  idleDomain,
  type LinuxGuest,
  linuxDomain,
  linuxGuest,
  network,
  nic,
} from "./guests.ts";
export { Namespace, type Process } from "./namespace.ts";
export { peer } from "./peer.ts";
export { patienceMs, waitFor, within } from "./wait-for.ts";
export { warmUp } from "./warm-up.ts";
export { type DaemonName, daemonNames, World, type WorldOptions } from "./world.ts";
