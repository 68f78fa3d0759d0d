import type { DomainDef } from "@libvirt-ts/conf/domain";
import { randomUuid } from "@libvirt-ts/util/uuid";
import { alignMemory } from "./memory-align.ts";
import type { CommandContext, Resources } from "./types.ts";

interface PrepareContext extends Pick<CommandContext, "paths" | "settings" | "incoming"> {
  resources: Pick<Resources, "random">;
}

/** Fills in what only a start decides and needs nothing from outside: listen addresses and paths of sockets. */
export function prepareDefaults(
  def: DomainDef,
  { paths, settings, resources, incoming }: PrepareContext,
): void {
  if (incoming === undefined) alignMemory(def);
  if (def.genid !== undefined) def.genid.uuid ??= randomUuid((size) => resources.random(size));
  for (const graphics of def.devices.graphics) {
    if (graphics.type !== "vnc" && graphics.type !== "spice") continue;
    for (const listen of graphics.listens) {
      if (listen.type !== "address" || listen.address !== undefined) continue;
      listen.address = graphics.type === "vnc" ? settings.vncListen : settings.spiceListen;
      listen.fromConfig = "1";
    }
  }
  for (const { source, target } of def.devices.channels) {
    if (source.type !== "unix" || target.type === "guestfwd" || source.source?.path !== undefined) continue;
    const path = `${paths.channelTarget}/${target.name ?? ""}`;
    source.source = { seclabels: [], ...source.source, mode: source.source?.mode ?? "bind", path };
  }
}
