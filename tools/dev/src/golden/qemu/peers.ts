import type { DomainDef, StorageSource } from "@libvirt-ts/conf/domain";
import { parseNetwork, parseNetworkPort } from "@libvirt-ts/conf/network";
import { parseStoragePool } from "@libvirt-ts/conf/storage";
import {
  listenAddressOf,
  useNetworkPort,
  type VolumeInfo,
  volumeSource,
} from "@libvirt-ts/driver-qemu/command";
import type { Corpus } from "../corpus.ts";

const volumeTypes: readonly VolumeInfo["type"][] = ["file", "block", "dir", "network", "netdir", "ploop"];

/** What other daemons would have told before the start (README §4.8): ports, addresses of networks, volumes. */
export function askPeers(def: DomainDef, corpus: Corpus): Map<object, StorageSource> {
  for (const net of def.devices.interfaces) {
    if (net.type !== "network") continue;
    const [, port = ""] = (net.source?.network ?? "").split(";");
    useNetworkPort(net, parseNetworkPort(corpus.file(`files/virnetworkportxml2xmldata/${port}.xml`)));
  }
  for (const graphics of def.devices.graphics) {
    if (!("listens" in graphics)) continue;
    for (const listen of graphics.listens) {
      if (listen.type !== "network") continue;
      const [network = ""] = (listen.network ?? "").split(";");
      listen.address = listenAddressOf(parseNetwork(corpus.file(`files/networkxml2xmlin/${network}.xml`)));
    }
  }
  const volumes = new Map<object, StorageSource>();
  for (const disk of def.devices.disks) {
    if (disk.type !== "volume" || disk.source === undefined) continue;
    const { pool, volume } = disk.source;
    const def = parseStoragePool(corpus.file(`files/storagepoolxml2xmlout/${pool}.xml`));
    const [word = "", rest] = volume.split("+");
    const type = rest === undefined ? "block" : (volumeTypes.find((each) => each === word) ?? "block");
    volumes.set(disk, volumeSource(disk, def, { type, path: `/some/${type}/device/${rest ?? volume}` }));
  }
  return volumes;
}
