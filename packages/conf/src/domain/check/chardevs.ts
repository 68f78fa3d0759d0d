import type { ChardevSource } from "../chardev.ts";
import type { Devices } from "../devices/devices.ts";
import { internalError, invalidArgument, unsupported } from "../errors.ts";

/** The host sides of all character devices say all they must. */
export function checkChardevs(devices: Devices): void {
  for (const card of devices.smartcards) if (card.mode === "passthrough") checkSource(card.source);
  for (const { source } of [...devices.serials, ...devices.parallels]) checkSource(source);
  for (const { source, target } of devices.channels) {
    checkSource(source, target.type === "virtio" || target.type === "xen");
    if (source.type === "spicevmc" && target.type !== "virtio")
      throw unsupported("spicevmc device type only supports virtio");
  }
  for (const [at, { source, target }] of devices.consoles.entries()) {
    if (at > 0 && target?.type === "serial") throw unsupported("Only the first console can be a serial port");
    checkSource(source);
  }
  // Over D-Bus a device needs no channel.
  for (const { source } of devices.redirdevs) if (source.type !== "dbus") checkSource(source);
  for (const { backend } of devices.rngs) if (backend.model === "egd") checkSource(backend.source);
}

/** @param hasOwnPath the driver chooses a path where none is written */
function checkSource(source: ChardevSource, hasOwnPath = false): void {
  switch (source.type) {
    case "file":
    case "dev":
    case "pipe":
      if (source.source?.path === undefined)
        throw internalError("Missing source path attribute for char device");
      break;
    case "nmdm":
      if (source.source?.master === undefined)
        throw internalError("Missing master path attribute for nmdm device");
      if (source.source.slave === undefined)
        throw internalError("Missing slave path attribute for nmdm device");
      break;
    case "tcp":
      if (source.source?.host === undefined)
        throw internalError("Missing source host attribute for char device");
      if (source.source.service === undefined)
        throw internalError("Missing source service attribute for char device");
      checkReconnect(source.source);
      break;
    case "udp":
      if (source.ends?.connectService === undefined)
        throw internalError("Missing source service attribute for char device");
      break;
    case "unix":
      if (source.source?.path === undefined && !hasOwnPath)
        throw internalError("Missing source path attribute for char device");
      if (source.source) checkReconnect(source.source);
      break;
    case "spiceport":
    case "dbus":
      if (source.source?.channel === undefined)
        throw unsupported("Missing source channel attribute for char device");
      if (!/^[-a-zA-Z0-9._]*$/.test(source.source.channel))
        throw invalidArgument("Invalid character in source channel for char device");
      break;
  }
}

/** Who waits to be connected to cannot connect again. */
function checkReconnect({
  mode,
  reconnect,
}: {
  mode?: string | undefined;
  reconnect?: object | undefined;
}): void {
  if (mode === "bind" && reconnect && "enabled" in reconnect && reconnect.enabled !== undefined)
    throw internalError("chardev reconnect is possible only for connect mode");
}
