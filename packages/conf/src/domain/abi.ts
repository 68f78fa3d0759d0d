import { firstChange } from "@libvirt-ts/xml";
import type { DomainDef } from "./def.ts";
import { DomainSyntax } from "./domain.ts";
import { unsupported } from "./errors.ts";

/**
 * Checks that a guest that runs as `source` would not notice if it went on as `target`: what the declarations call
 * fixed is the same in both. Both are filled in, with addresses.
 * @throws VirError CONFIG_UNSUPPORTED "Target domain max memory 1 does not match source 2"
 */
export function checkAbiStable(source: DomainDef, target: DomainDef): void {
  const shape = DomainSyntax.shape?.();
  const change = shape && firstChange(shape, source, target);
  if (change !== undefined) throw unsupported(change);
}
