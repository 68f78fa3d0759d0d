import {
  type AddressOptions,
  assignAddresses,
  assignAliases,
  buildCommand,
  formatPlace,
  prepareDefaults,
  qemuHooks,
  startedCpu,
} from "@libvirt-ts/driver-qemu/command";
import { schemaOf } from "../json.ts";
import type { QemuPlug } from "../qemu-plug.ts";
import { capsOf, emulatorArch } from "./caps.ts";
import { contextOf } from "./context.ts";
import { firmwareOf, legacyPair } from "./firmware.ts";
import { modelsOf } from "./host-cpu.ts";
import { askPeers } from "./peers.ts";
import { renderCommand } from "./render.ts";
import { validateArguments } from "./validate.ts";

/** The pretended devices of README §4.6. */
const iommuGroups: Readonly<Record<string, number>> = {
  "0000:00:00.0": 0,
  "0000:00:01.0": 1,
  "0000:00:02.0": 2,
  "0000:00:03.0": 3,
  "0001:00:00.0": 4,
  "0001:01:00.0": 5,
  "0001:01:00.1": 5,
  "0005:80:00.0": 6,
  "0005:90:01.0": 7,
  "0005:90:01.1": 7,
  "0005:90:01.2": 7,
  "0005:90:01.3": 7,
  "0000:0a:01.0": 8,
  "0000:0a:02.0": 8,
  "0000:0a:03.0": 8,
  "0000:06:12.0": 9,
  "0000:06:12.1": 10,
  "0000:06:12.2": 11,
  "0021:de:1f.0": 12,
  "0021:de:1f.1": 13,
  "0000:01:00.0": 14,
  "0000:02:00.0": 15,
  "0000:03:00.0": 16,
};

/** The IOMMU group of a pretended device. */
export const iommuGroup: NonNullable<AddressOptions["iommuGroup"]> = (address) =>
  iommuGroups[formatPlace(address)];

export const plug: QemuPlug = {
  hooks(row, corpus) {
    const caps = capsOf(row, corpus);
    const config = (row.config ?? {}) as Record<string, unknown>; // qemu.conf fields, as the README has them
    return qemuHooks({
      caps: (emulator) => (emulator === caps.emulator ? caps : undefined),
      defaultEmulator: (arch) => `/usr/bin/qemu-system-${emulatorArch(arch)}`,
      hostArch: row.arch ?? "x86_64",
      noGraphicsAllowHostAudio: Boolean(config.nogfxAllowHostAudio),
      vncAllowHostAudio: Boolean(config.vncAllowHostAudio),
      channelDir: "/var/run/libvirt/qemu/channel",
      tpmVersions: ["1.2", "2.0"].filter(
        (v) => row.env?.VIR_TEST_MOCK_FAKE_TPM_VERSION?.includes(v) !== false,
      ),
      firmware: firmwareOf(corpus),
      legacyFirmware: ["OVMF/OVMF", "OVMF/OVMF_CODE.secboot", "AAVMF/AAVMF", "AAVMF/AAVMF32"].map(legacyPair),
      nvramDir: "/var/lib/libvirt/qemu/nvram",
      libDir: "/var/lib/libvirt/qemu",
      iommuGroup,
      hostAudioDriver: row.env?.QEMU_AUDIO_DRV,
    });
  },
  args(def, row, corpus) {
    const caps = capsOf(row, corpus);
    assignAddresses(def, caps, { isNew: true });
    const volumes = askPeers(def, corpus);
    assignAliases(def);
    const { migrateFrom, migrateFd } = row as { migrateFrom?: string; migrateFd?: number }; // the README's format
    const incoming =
      migrateFrom === undefined ? undefined : migrateFrom === "stdio" ? `fd:${migrateFd}` : migrateFrom;
    const context = {
      ...contextOf(def, caps, row),
      volumeSource: (disk: object) => volumes.get(disk),
      ...(incoming !== undefined && { incoming }),
    };
    prepareDefaults(def, context);
    def.cpu = startedCpu(def, {
      caps,
      hostArch: context.host.arch,
      models: modelsOf(def, caps, row),
      isNew: incoming === undefined,
    });
    for (const graphics of def.devices.graphics) {
      if (graphics.type === "vnc") {
        if (graphics.autoport) graphics.port = 5900;
        if (graphics.websocket === -1) graphics.websocket = 5700;
      }
      if (graphics.type === "spice" && graphics.autoport) {
        graphics.port = 5901;
        if (context.settings.spiceTls) graphics.tlsPort = 5902;
      }
    }
    const line = buildCommand(def, context);
    const schema = schemaOf(row, corpus);
    if (schema) validateArguments(line.args, schema);
    return renderCommand(line);
  },
};
