import { constants } from "node:os";
import type { DomainDef, DomainHooks, FillFlags } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { assignAddresses } from "../address/assign.ts";
import type { HostPci } from "../address/pci-needs.ts";
import type { QemuCaps } from "../caps/qemu-caps.ts";
import { checkQemu } from "../check/check.ts";
import { fillCpu, fillDefaultCpu } from "./cpu.ts";
import { type AudioContext, addAudio, addDefaultDevices } from "./default-devices.ts";
import { type DeviceContext, fillDevice, fillSerial } from "./device.ts";
import { fillFeatures } from "./features.ts";
import { type FirmwareContext, fillFirmware } from "./firmware.ts";
import { fillMachine } from "./machine.ts";
import { addNumaNode, fillNodeCpus } from "./memory.ts";

/** What filling in a definition may look up. All answers are at hand: filling in never waits. */
export interface FillContext extends FirmwareContext, HostPci {
  /** Capabilities of an emulator, known before. `undefined`: no such binary. */
  caps(emulator: string): QemuCaps | undefined;
  /** The binary for an architecture when none is named. */
  defaultEmulator(arch: string): string | undefined;
  hostArch: string;
  /** Sound of guests without a display may go to the host. */
  noGraphicsAllowHostAudio: boolean;
  vncAllowHostAudio: boolean;
  /** QEMU_AUDIO_DRV of our own environment. */
  hostAudioDriver?: string | undefined;
  /** TPM versions the emulator can play; absent: all. */
  tpmVersions?: readonly string[] | undefined;
  /** SPICE is served with TLS; absent: nobody has said. */
  spiceTls?: boolean;
  /** There is a program that serves RDP; absent: nobody has looked. */
  hasRdp?: boolean;
  /** Bits of an address of the host's memory; absent: nobody has looked. */
  hostAddressBits?: number;
  /** Folder with the guests' own folders. */
  libDir?: string;
  /** Paths below this are made by us and not part of a definition. */
  channelDir: string;
}

/** What QEMU guests need while a definition is filled in, and what they are refused for. */
export function qemuHooks(context: FillContext): DomainHooks {
  const capsOf = (def: DomainDef): QemuCaps => {
    const { emulator } = def.devices;
    const caps = emulator === undefined ? undefined : context.caps(emulator);
    if (caps === undefined) throw noEmulator(def, emulator);
    return caps;
  };
  // The same for all devices of a guest.
  let last: { def: DomainDef; flags: FillFlags; context: DeviceContext } | undefined;
  return {
    basics(def) {
      def.os.type.arch ??= context.hostArch;
      def.devices.emulator ??= context.defaultEmulator(def.os.type.arch);
    },
    domain(def, flags) {
      const caps = capsOf(def);
      fillMachine(def, caps, flags);
      fillFirmware(def, context, flags);
      addDefaultDevices(def, caps, context, flags);
      fillDefaultCpu(def, caps);
      fillFeatures(def, caps);
      fillCpu(def, caps);
      if (flags.abiUpdate) addNumaNode(def);
      fillNodeCpus(def);
    },
    device(device, def, flags) {
      if (last?.def !== def || last.flags !== flags)
        last = { def, flags, context: { ...context, ...flags, qemu: capsOf(def) } };
      fillDevice(device, def, last.context);
    },
    addresses(def, { abiUpdate }) {
      // A console may have brought its serial port along.
      for (const serial of def.devices.serials) fillSerial(serial, def);
      assignAddresses(def, capsOf(def), { ...context, isNew: abiUpdate === true });
    },
    check(def) {
      const { tpmVersions, spiceTls, hasRdp, hostAddressBits } = context;
      checkQemu(def, capsOf(def), { tpmVersions, spiceTls, hasRdp, hostAddressBits });
    },
  };
}

/** What is filled in of a guest whose QEMU is not there to ask. */
export const hooksWithoutCaps = (context: AudioContext): DomainHooks => ({
  domain: (def) => addAudio(def, context),
});

const noEmulator = (def: DomainDef, emulator: string | undefined) =>
  emulator === undefined
    ? new VirError(
        ErrorDomain.QEMU,
        ErrorCode.CONFIG_UNSUPPORTED,
        `No emulator found for arch '${def.os.type.arch}'`,
      )
    : systemError(ErrorDomain.QEMU, constants.errno.ENOENT, `Cannot check QEMU binary ${emulator}`);
