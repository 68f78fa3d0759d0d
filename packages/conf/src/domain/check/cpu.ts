import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Cpu } from "../cpu.ts";

const unsupported = (detail: string) => new VirError(ErrorDomain.CPU, ErrorCode.CONFIG_UNSUPPORTED, detail);

/** What only makes sense where the host's own processor is passed through. */
export function checkCpu(cpu: Cpu | undefined): void {
  if (!cpu) return;
  const isHosts = cpu.mode === "host-passthrough" || cpu.mode === "maximum";
  if (cpu.migratable !== undefined && !isHosts)
    throw unsupported("Attribute migratable is only allowed for 'host-passthrough' / 'maximum' CPU mode");
}
