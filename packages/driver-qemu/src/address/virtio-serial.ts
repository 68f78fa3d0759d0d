import type { Address, DomainDef } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { findController, insertController } from "./controllers.ts";

interface Port {
  address?: Address | undefined;
}

/** QEMU's own default for a controller that does not say. */
const defaultPorts = 31;

/** Gives channels a port of a virtio-serial controller; full controllers get a sibling. */
export function assignVirtioSerialPorts(def: DomainDef): void {
  const { channels, consoles } = def.devices;
  const taken = new Map<number, Set<number>>();
  const portsOf = (controller: number) => {
    const ports = taken.get(controller) ?? new Set<number>();
    taken.set(controller, ports);
    return ports;
  };
  const reserve = (device: Port) => {
    const { address } = device;
    if (address?.type !== "virtio-serial" || address.port === undefined) return;
    const ports = portsOf(address.controller);
    // Port 0 is what an address without a port used to mean.
    if (address.port === 0) return;
    if (ports.has(address.port)) {
      throw new VirError(
        ErrorDomain.DOMAIN,
        ErrorCode.XML_ERROR,
        `virtio serial port ${address.port} on controller ${address.controller} is already occupied`,
      );
    }
    ports.add(address.port);
  };
  const virtioChannels = channels.filter((c) => c.target.type === "virtio");
  for (const device of [...virtioChannels, ...consoles]) reserve(device);
  const assign = (device: Port, lowest: number) => {
    const { address } = device;
    if (address !== undefined && address.type !== "virtio-serial") return;
    if (address?.port) return;
    const wanted = address?.controller;
    const place = freePort(def, portsOf, lowest, wanted) ?? addController(def, lowest);
    portsOf(place.controller).add(place.port);
    device.address = {
      type: "virtio-serial",
      controller: place.controller,
      bus: 0,
      port: place.port,
    };
  };
  for (const device of virtioChannels) assign(device, 1);
}

function freePort(
  def: DomainDef,
  portsOf: (controller: number) => Set<number>,
  lowest: number,
  wanted: number | undefined,
) {
  for (const controller of def.devices.controllers) {
    if (controller.type !== "virtio-serial") continue;
    const index = controller.index ?? 0;
    if (wanted !== undefined && wanted !== index) continue;
    const ports = portsOf(index);
    for (let port = lowest; port < (controller.ports ?? defaultPorts); port++) {
      if (!ports.has(port)) return { controller: index, port };
    }
  }
  return undefined;
}

function addController(def: DomainDef, port: number) {
  let index = 0;
  while (findController(def, "virtio-serial", index) !== undefined) index++;
  insertController(def, { type: "virtio-serial", index });
  return { controller: index, port };
}
