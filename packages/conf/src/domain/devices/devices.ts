import { child, element, type Infer, leaf, list } from "@libvirt-ts/xml";
import { absPath } from "../../types.ts";
import { Audio } from "./audio.ts";
import { Channel } from "./channel.ts";
import { Controller } from "./controller.ts";
import { Crypto } from "./crypto.ts";
import { Disk } from "./disk.ts";
import { Filesystem } from "./filesystem.ts";
import { Graphics } from "./graphics.ts";
import { Hostdev } from "./hostdev.ts";
import { Hub } from "./hub.ts";
import { Input } from "./input.ts";
import { Interface } from "./interface.ts";
import { Iommu } from "./iommu.ts";
import { Lease } from "./lease.ts";
import { Memballoon } from "./memballoon.ts";
import { MemoryDevice } from "./memory-device.ts";
import { Nvram } from "./nvram.ts";
import { Panic } from "./panic.ts";
import { Pstore } from "./pstore.ts";
import { Redirdev, Redirfilter } from "./redirdev.ts";
import { Rng } from "./rng.ts";
import { Console, Parallel, Serial } from "./serial.ts";
import { Shmem } from "./shmem.ts";
import { Smartcard } from "./smartcard.ts";
import { Sound } from "./sound.ts";
import { Tpm } from "./tpm.ts";
import { Video } from "./video.ts";
import { Vsock } from "./vsock.ts";
import { Watchdog } from "./watchdog.ts";

/** All devices of a guest, in the order they are written. */
export const Devices = element(
  "devices",
  {
    emulator: leaf("emulator", absPath),
    disks: list(Disk),
    controllers: list(Controller),
    leases: list(Lease),
    filesystems: list(Filesystem),
    interfaces: list(Interface),
    smartcards: list(Smartcard),
    serials: list(Serial),
    parallels: list(Parallel),
    consoles: list(Console),
    channels: list(Channel),
    inputs: list(Input),
    tpms: list(Tpm),
    graphics: list(Graphics),
    sounds: list(Sound),
    audios: list(Audio),
    videos: list(Video),
    hostdevs: list(Hostdev),
    redirdevs: list(Redirdev),
    redirfilter: child(Redirfilter),
    hubs: list(Hub),
    watchdogs: list(Watchdog),
    memballoon: child(Memballoon),
    rngs: list(Rng),
    nvram: child(Nvram),
    panics: list(Panic),
    shmems: list(Shmem),
    memories: list(MemoryDevice),
    cryptos: list(Crypto),
    iommus: list(Iommu),
    vsock: child(Vsock),
    pstore: child(Pstore),
  },
  { endTag: true },
);
export type Devices = Infer<typeof Devices>;
