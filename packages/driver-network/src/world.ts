import type { Run } from "@libvirt-ts/host";
import type { Logger } from "@libvirt-ts/logging";
import type { Native } from "@libvirt-ts/native";

/** The machine as this driver sees it. */
export interface NetworkHost {
  /** What stands before `/proc`: "" on a real machine. */
  root: string;
  /** Milliseconds since 1970. */
  now(): number;
  random(size: number): Uint8Array;
  run: Run;
  native: Pick<Native, "ifIndex" | "pidfdOpen" | "pidfdSignal" | "close" | "Poll">;
  log: Logger;
}

/** Where this driver keeps what; libvirt's places below the daemon's own. */
export interface NetworkDirs {
  /** `NAME.xml`: definitions. */
  config: string;
  autostart: string;
  /** `NAME.xml` of active networks, `NAME.pid`, `NAME/ports/UUID.xml`. */
  status: string;
  /** dnsmasq's files, `BRIDGE.status` (leases) and `BRIDGE.macs`. */
  dnsmasq: string;
  /** The administrator's programs, `network` and `network.d`. */
  hooks: string;
  /** The program dnsmasq tells about leases. */
  leasesHelper: string;
}

/** @param where a daemon's directories */
export function networkDirs(
  where: { etc: string; run: string; lib: string },
  leasesHelper: string,
): NetworkDirs {
  const config = `${where.etc}/qemu/networks`;
  return {
    config,
    autostart: `${config}/autostart`,
    status: `${where.run}/network`,
    dnsmasq: `${where.lib}/dnsmasq`,
    hooks: `${where.etc}/hooks`,
    leasesHelper,
  };
}
