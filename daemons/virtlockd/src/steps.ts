import type { Failpoint } from "@libvirt-ts/util/failpoint";

/** The steps between which this process may end without anybody losing a lock, in order; tests end it at each. */
export const steps = [
  "acquire.begun",
  "acquire.locked",
  "acquire.stored",
  "acquire.recorded",
  "share.recorded",
  "release.begun",
  "release.recorded",
  "release.unlocked",
  "holder.stored",
  "holder.recorded",
  "adopt.begun",
  "adopt.done",
] as const;

export type PassStep = Failpoint<(typeof steps)[number]>;
