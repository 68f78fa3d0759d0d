import type { DomainDef } from "../def.ts";
import { checkDisks } from "./disk.ts";

/** Refuses what contradicts itself, whatever the driver. */
export function checkDomain(def: DomainDef): void {
  checkDisks(def);
}
