import type { DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { displayPassword } from "../hotplug/graphics-password.ts";
import type { Plugging } from "../process/plug.ts";
import { unsupported } from "./common.ts";

type Graphics = DomainDef["devices"]["graphics"][number];

/**
 * Gives a display that runs another password, or the same for longer.
 * @throws VirError CONFIG_UNSUPPORTED for anything else
 */
export async function updateDisplay({ driver, domain, guest }: Plugging, next: Graphics): Promise<void> {
  const old = domain.def.devices.graphics.find(({ type }) => type === next.type);
  if (!old)
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.DEVICE_MISSING,
      `cannot find existing graphics device to modify of type '${next.type}'`,
    );
  const difference = fixedDifference(old, next);
  if (difference !== undefined) throw unsupported(difference);
  if ((old.type !== "vnc" && old.type !== "spice") || (next.type !== "vnc" && next.type !== "spice")) return;
  if (next.passwdValidTo === undefined && old.passwdValidTo === undefined && next.passwd === old.passwd)
    return;
  const { settings, now } = driver;
  const usual = { vnc: settings.vnc_password, spice: settings.spice_password };
  const told = displayPassword(next, usual, now());
  if (told) {
    await guest.monitor.setPassword(told.protocol, told.password, told.connected);
    await guest.monitor.expirePassword(told.protocol, told.expires);
  }
  old.passwd = next.passwd;
  old.passwdValidTo = next.passwdValidTo;
  old.connected = next.connected;
  driver.status.save(domain);
}

/** What is asked for and cannot change while the display is there. Ports that were given out need not be named. */
function fixedDifference(old: Graphics, next: Graphics): string | undefined {
  if (!("listens" in old) || !("listens" in next))
    return `unable to change config on '${next.type}' graphics type`;
  const { type } = next;
  if (type !== "vnc" && type !== "spice") return `unable to change config on '${type}' graphics type`;
  if (next.listens.length > 0 && old.listens.length !== next.listens.length)
    return `cannot change the number of listen addresses on '${type}' graphics`;
  for (const [at, listen] of next.listens.entries()) {
    const before = old.listens[at];
    if (listen.type !== before?.type) return `cannot change the type of listen address on '${type}' graphics`;
    if (listen.type === "address" && listen.address !== undefined && listen.address !== before.address)
      return `cannot change listen address setting on '${type}' graphics`;
    if (listen.network !== before.network)
      return `cannot change listen address setting on '${type}' graphics`;
  }
  const isSame = (a: number | undefined, b: number | undefined) => b === undefined || b <= 0 || a === b;
  const hasSamePorts =
    isSame(old.port, next.port) &&
    (old.type !== "spice" || next.type !== "spice" || isSame(old.tlsPort, next.tlsPort));
  if (!next.autoport && !hasSamePorts) return `cannot change port settings on ${type} graphics`;
  const keymap = "keymap" in next ? next.keymap : undefined;
  if (keymap !== undefined && keymap !== ("keymap" in old ? old.keymap : undefined))
    return `cannot change keymap setting on ${type} graphics`;
  return undefined;
}
