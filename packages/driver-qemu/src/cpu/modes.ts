import type { Cpu } from "@libvirt-ts/conf/domain";
import { acceleratorOf, hasFlag, type QemuCaps } from "../caps/qemu-caps.ts";
import { type HostModels, isNative } from "./host-model.ts";

export type CpuMode = NonNullable<Cpu["mode"]>;

export interface ModeQuestion {
  caps: QemuCaps;
  virtType: string;
  hostArch: string;
  models: HostModels | undefined;
}

const tests: Readonly<Record<CpuMode, (question: ModeQuestion) => boolean>> = {
  "host-passthrough": ({ caps, virtType, hostArch }) =>
    acceleratorOf(virtType) !== "tcg" && isNative(hostArch, caps.arch),
  maximum: ({ caps }) => hasFlag(caps, "cpu-max"),
  "host-model": ({ models }) => models !== undefined,
  custom: ({ caps, virtType }) => (caps.accel[acceleratorOf(virtType)]?.cpus.length ?? 0) > 0,
};

/** Whether guests can choose their processor this way. */
export const isModeSupported = (mode: CpuMode, question: ModeQuestion): boolean => tests[mode](question);
