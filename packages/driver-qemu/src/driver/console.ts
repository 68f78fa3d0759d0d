import { DomainChannelFlags, DomainConsoleFlags } from "@libvirt-ts/api";
import type { ChardevSource } from "@libvirt-ts/conf/domain";
import { checkFlags, ErrorDomain, internal } from "@libvirt-ts/errors";
import { ConsoleSessions, endpoint } from "../console/sessions.ts";
import type { QemuDomain } from "../guest.ts";
import type { QemuDriver } from "../qemu-driver.ts";
import { findDomain, type RemoteHandlers } from "./common.ts";

const { FORCE, SAFE } = DomainConsoleFlags;

/** Consoles and channels of guests, carried over streams. */
export function consoleHandlers(driver: QemuDriver): RemoteHandlers {
  const sessions = new ConsoleSessions();
  return {
    async domainOpenConsole({ dom, devName, flags }, call) {
      // A second client is kept away with and without SAFE.
      checkFlags(flags, FORCE | SAFE, "qemuDomainOpenConsole", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      domain.requireActive();
      const device = findConsole(domain, devName ?? undefined);
      const place = endpoint(device.source);
      if (!place) {
        const detail = `character device ${device.alias} is not using a PTY or UNIX socket`;
        throw internal(ErrorDomain.QEMU, detail);
      }
      const serve = await sessions.connect(place.path, {
        type: place.type,
        force: (flags & FORCE) !== 0,
        busy: "Active console session exists for this domain",
      });
      call.openStream({ serve });
    },
    async domainOpenChannel({ dom, name, flags }, call) {
      checkFlags(flags, DomainChannelFlags.FORCE, "qemuDomainOpenChannel", ErrorDomain.QEMU);
      const domain = findDomain(driver, dom);
      domain.requireActive();
      const channel = findChannel(domain, name ?? undefined);
      const place = endpoint(channel.source);
      if (place?.type !== "unix") {
        const detail = `channel ${name ?? channel.alias} is not using a UNIX socket`;
        throw internal(ErrorDomain.QEMU, detail);
      }
      const serve = await sessions.connect(place.path, {
        type: "unix",
        force: (flags & DomainChannelFlags.FORCE) !== 0,
        busy: "Active channel stream exists for this domain",
      });
      call.openStream({ serve });
    },
  };
}

interface CharDevice {
  alias?: string | undefined;
  source: ChardevSource;
}

/** By alias, or the first one there is. */
function findConsole({ def }: QemuDomain, alias: string | undefined): CharDevice {
  const { consoles, serials, parallels } = def.devices;
  const device =
    alias === undefined
      ? (consoles[0] ?? serials[0])
      : [...consoles, ...serials, ...parallels].find((each) => each.alias === alias);
  if (!device) throw internal(ErrorDomain.QEMU, `cannot find character device ${alias ?? "(null)"}`);
  return device;
}

/** By the name the guest knows or by alias, or the first virtio one. */
function findChannel({ def }: QemuDomain, name: string | undefined): CharDevice {
  const virtio = def.devices.channels.filter(({ target }) => target.type === "virtio");
  const isNamed = ({ alias, target }: (typeof virtio)[number]) =>
    alias === name || (target.type === "virtio" && target.name === name);
  const channel = name === undefined ? virtio[0] : virtio.find(isNamed);
  if (!channel) throw internal(ErrorDomain.QEMU, `cannot find channel ${name ?? "(null)"}`);
  return channel;
}
