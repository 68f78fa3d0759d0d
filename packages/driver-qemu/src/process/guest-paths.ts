import { dirname, join } from "node:path";
import type { Paths } from "@libvirt-ts/daemon";

/** Names are cut here in paths: a UNIX socket path has 107 bytes. */
const SHORT_NAME_LENGTH = 20;

/** Folders of the driver; below /var/lib/libvirt/qemu, /run/libvirt/qemu and so on. */
export interface DriverPaths {
  readonly config: string;
  readonly autostart: string;
  readonly state: string;
  readonly lib: string;
  readonly log: string;
  readonly cache: string;
  readonly save: string;
  readonly dump: string;
  readonly snapshot: string;
  readonly checkpoint: string;
  readonly nvram: string;
  readonly ram: string;
  readonly channel: string;
  readonly passt: string;
  readonly dbus: string;
  readonly rdp: string;
  /** Sockets and pid files of TPMs that software plays. */
  readonly tpm: string;
  /** What these TPMs keep, by UUID of their guests. */
  readonly tpmState: string;
  readonly tpmLog: string;
}

export function driverPaths(paths: Paths): DriverPaths {
  const lib = join(paths.lib, "qemu");
  const state = join(paths.run, "qemu");
  const config = join(paths.etc, "qemu");
  return {
    config,
    autostart: join(config, "autostart"),
    state,
    lib,
    log: join(paths.log, "qemu"),
    cache: join(paths.cache, "qemu"),
    save: join(lib, "save"),
    dump: join(lib, "dump"),
    snapshot: join(lib, "snapshot"),
    checkpoint: join(lib, "checkpoint"),
    nvram: join(lib, "nvram"),
    ram: join(lib, "ram"),
    channel: join(state, "channel"),
    passt: join(state, "passt"),
    dbus: join(state, "dbus"),
    rdp: join(state, "rdp"),
    tpm: join(state, "swtpm"),
    tpmState: join(paths.privileged ? paths.lib : lib, "swtpm"),
    tpmLog: paths.privileged
      ? join(dirname(paths.log), "swtpm/libvirt/qemu")
      : join(paths.log, "qemu", "swtpm"),
  };
}

/** `ID-NAME`, the name cut by characters. */
export const shortName = (id: number, name: string): string =>
  `${id}-${[...name].slice(0, SHORT_NAME_LENGTH).join("")}`;

/** Folders and files of one running guest. */
export interface GuestPaths {
  /** Private folder: monitor socket, master key. */
  readonly lib: string;
  readonly monitor: string;
  readonly masterKey: string;
  /** Sockets of channels without a path of their own. */
  readonly channel: string;
  readonly memoryBacking: string;
  readonly pidFile: string;
  readonly log: string;
  readonly tpm: { readonly socket: string; readonly pidFile: string; readonly log: string };
}

export function guestPaths(driver: DriverPaths, id: number, name: string): GuestPaths {
  const short = shortName(id, name);
  const lib = join(driver.lib, `domain-${short}`);
  return {
    lib,
    monitor: join(lib, "monitor.sock"),
    masterKey: join(lib, "master-key.aes"),
    channel: join(driver.channel, short),
    memoryBacking: join(driver.ram, short),
    pidFile: join(driver.state, `${name}.pid`),
    log: join(driver.log, `${name}.log`),
    tpm: {
      socket: join(driver.tpm, `${short}-swtpm.sock`),
      pidFile: join(driver.tpm, `${short}-swtpm.pid`),
      log: join(driver.tpmLog, `${name}-swtpm.log`),
    },
  };
}
