import { binding } from "./binding.ts";
import type { Syscalls } from "./syscalls.ts";

/** Everything this package offers, as one value to hand in where the world comes in as an argument. */
export interface Native extends Syscalls {}

export const native: Native = binding;
