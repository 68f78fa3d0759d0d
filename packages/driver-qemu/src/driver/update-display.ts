import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { type Graphics, updatePassword } from "../hotplug/graphics-password.ts";
import type { Plugging } from "../process/plug.ts";

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
  const { settings, now } = driver;
  const { password, apply } = updatePassword(old, next, {
    usual: { vnc: settings.vnc_password, spice: settings.spice_password },
    nowMs: now(),
  });
  if (password) {
    await guest.monitor.setPassword(password.protocol, password.password, password.connected);
    await guest.monitor.expirePassword(password.protocol, password.expires);
  }
  apply();
  driver.status.save(domain);
}
