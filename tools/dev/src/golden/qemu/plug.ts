import {
  assignAddresses,
  assignAliases,
  buildCommand,
  prepareDefaults,
  qemuHooks,
} from "@libvirt-ts/driver-qemu/command";
import type { QemuPlug } from "../qemu-plug.ts";
import { capsOf, emulatorArch } from "./caps.ts";
import { contextOf } from "./context.ts";
import { firmwareOf, legacyPair } from "./firmware.ts";
import { renderCommand } from "./render.ts";

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
      hostAudioDriver: row.env?.QEMU_AUDIO_DRV,
    });
  },
  args(def, row, corpus) {
    const caps = capsOf(row, corpus);
    assignAddresses(def, caps, { isNew: true });
    assignAliases(def);
    const { migrateFrom, migrateFd } = row as { migrateFrom?: string; migrateFd?: number }; // the README's format
    const incoming =
      migrateFrom === undefined ? undefined : migrateFrom === "stdio" ? `fd:${migrateFd}` : migrateFrom;
    const context = { ...contextOf(def, caps, row), ...(incoming !== undefined && { incoming }) };
    prepareDefaults(def, context);
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
    return renderCommand(buildCommand(def, context));
  },
};
