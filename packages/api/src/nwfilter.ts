import type { Values } from "./values.ts";

/* Network filters. */

/** `virNWFilterDefineFlags`: `VIR_NWFILTER_DEFINE_*`. */
export const NwfilterDefineFlags = {
  VALIDATE: 0x1,
} as const;
export type NwfilterDefineFlags = Values<typeof NwfilterDefineFlags>;

/** `virNWFilterBindingCreateFlags`: `VIR_NWFILTER_BINDING_CREATE_*`. */
export const NwfilterBindingCreateFlags = {
  VALIDATE: 0x1,
} as const;
export type NwfilterBindingCreateFlags = Values<typeof NwfilterBindingCreateFlags>;
