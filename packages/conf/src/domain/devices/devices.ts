import { child, childrenNamed, element, fixed, type Infer, leaf, list } from "@libvirt-ts/xml";
import { absPath } from "../../types.ts";
import { internalError, xmlError } from "../errors.ts";
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

/** Of these a guest has one. */
const single = [
  ["memballoon", () => internalError("only a single memory balloon device is supported")],
  ["nvram", () => internalError("only a single nvram device is supported")],
  ["redirfilter", () => internalError("only one set of redirection filter rule is supported")],
  ["vsock", () => xmlError("only a single vsock device is supported")],
  ["pstore", () => xmlError("only a single pstore device is supported")],
] as const;

/** All devices of a guest, in the order they are written. */
export const Devices = element(
  "devices",
  {
    emulator: leaf("emulator", absPath),
    disks: fixed("disk", list(Disk)),
    controllers: fixed("controller", list(Controller)),
    leases: fixed("lease", list(Lease)),
    filesystems: fixed("filesystem", list(Filesystem)),
    interfaces: fixed("net card", list(Interface)),
    smartcards: fixed("smartcard", list(Smartcard)),
    serials: fixed("serial port", list(Serial)),
    parallels: fixed("parallel port", list(Parallel)),
    consoles: fixed("console", list(Console)),
    channels: fixed("channel", list(Channel)),
    inputs: fixed("input device", list(Input)),
    tpms: fixed("TPM device", list(Tpm)),
    graphics: list(Graphics),
    sounds: fixed("sound card", list(Sound)),
    audios: list(Audio),
    videos: fixed("video card", list(Video)),
    hostdevs: fixed("host device", list(Hostdev)),
    redirdevs: fixed("redirected devices", list(Redirdev)),
    redirfilter: child(Redirfilter, { strict: { many: true } }),
    hubs: fixed("hub device", list(Hub)),
    watchdogs: fixed("watchdog device", list(Watchdog)),
    memballoon: fixed("memory balloon", child(Memballoon)),
    rngs: fixed("RNG device", list(Rng)),
    nvram: child(Nvram),
    panics: fixed("panic device", list(Panic)),
    shmems: fixed("shared memory device", list(Shmem)),
    memories: fixed("memory device", list(MemoryDevice)),
    cryptos: list(Crypto),
    iommus: fixed("Target domain IOMMU device count does not match source", list(Iommu)),
    vsock: fixed("Target domain vsock device count does not match source", child(Vsock)),
    pstore: fixed("Target domain pstore device count does not match source", child(Pstore)),
  },
  {
    endTag: true,
    read(_devices, from) {
      for (const [tag, refuse] of single) if (childrenNamed(from, tag).length > 1) throw refuse();
    },
  },
);
export type Devices = Infer<typeof Devices>;
