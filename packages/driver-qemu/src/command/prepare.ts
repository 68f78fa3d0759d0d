import type { DomainDef } from "@libvirt-ts/conf/domain";
import type { CommandContext } from "./types.ts";

/** Fills in what only a start decides and needs nothing from outside: listen addresses and paths of sockets. */
export function prepareDefaults(
  def: DomainDef,
  { paths, settings }: Pick<CommandContext, "paths" | "settings">,
): void {
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
