import type { DomainDef } from "@libvirt-ts/conf/domain";
import { checkStart } from "../check/check.ts";
import { bootIndexes } from "../device/boot-index.ts";
import { type DeviceContext, FdAllocator, type Part } from "../device/parts.ts";
import { baseParts } from "./base.ts";
import { assignNodeIndexes } from "./block-indexes.ts";
import { deviceParts } from "./devices.ts";
import { environment } from "./env.ts";
import { overrideProps } from "./override.ts";
import { partArgs } from "./part-args.ts";
import { tailParts } from "./tail.ts";
import type { CommandContext, CommandLine } from "./types.ts";
import { withZpci } from "./zpci.ts";

/**
 * The command line of a guest. Everything that must be opened or fetched is in `context.resources` already.
 * @param def filled in, with addresses and aliases; gets numbers for its block nodes where they are missing
 * @throws VirError QEMU/CONFIG_UNSUPPORTED for what QEMU cannot do
 */
export function buildCommand(def: DomainDef, context: CommandContext): CommandLine {
  checkStart(def, context.caps, { hostCounter: context.host.counter });
  const names = assignNodeIndexes(def);
  const fds = new FdAllocator();
  const device: DeviceContext = {
    ...context,
    def,
    fds,
    passFds: context.passFds ?? true,
    bootIndexes: bootIndexes(def),
    filters: (disk) => names.filters.get(disk) ?? [],
    hostdevNode: (hostdev) => names.hostdevs.get(hostdev),
  };
  const parts: Part[] = [...baseParts(device), ...deviceParts(device), ...tailParts(device)];
  return {
    program: def.devices.emulator ?? "",
    args: withZpci(parts, def).flatMap((part) => partArgs(overrideProps(part, def), context.caps)),
    env: environment(def, device),
    fds: fds.inherited,
    fdSets: fds.nextSet,
  };
}
