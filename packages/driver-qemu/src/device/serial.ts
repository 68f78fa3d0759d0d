import type { Channel, Console, Parallel, Serial } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Props } from "../command/types.ts";
import { addressProps, controllerAlias } from "./address-props.ts";
import { chardevParts } from "./chardev.ts";
import { isVirtBoard } from "./machine.ts";
import { aliasOf, type DeviceContext, devicePart, isX86, type Part } from "./parts.ts";

const unsupported = (detail: string) => new VirError(ErrorDomain.QEMU, ErrorCode.CONFIG_UNSUPPORTED, detail);

export function serialParts(serial: Serial, context: DeviceContext): Part[] {
  const alias = aliasOf(serial);
  const id = `char${alias}`;
  if (serial.source.type === "spiceport" && !context.def.devices.graphics.some((g) => g.type === "spice"))
    return [];
  const parts = chardevParts(id, serial.source, context);
  const { type, model } = serial.target ?? {};
  // UARTs of the board take the chardev by their number.
  const isOnBoard = type === undefined || type === "none" || type === "system-serial";
  if (isOnBoard || model === "pl011" || model === "16550a") {
    parts.push({ kind: "option", args: ["-serial", `chardev:${id}`] });
  } else parts.push(devicePart(serialDevice(serial, id, alias, context)));
  return parts;
}

function serialDevice(serial: Serial, chardev: string, id: string, { def }: DeviceContext): Props {
  const { type, model, port } = serial.target ?? {};
  const driver = model === undefined || model === "none" ? type : model;
  const isIsa = type === "isa-serial";
  return {
    driver,
    chardev,
    id,
    index: isIsa ? port : undefined,
    ...addressProps(def, serial),
  };
}

export function parallelParts(parallel: Parallel, context: DeviceContext): Part[] {
  const alias = aliasOf(parallel);
  const id = `char${alias}`;
  if (!isX86(context.def.os.type.arch ?? "") || isVirtBoard(context.def))
    throw unsupported("parallel ports are not supported");
  return [
    ...chardevParts(id, parallel.source, context),
    devicePart({ driver: "isa-parallel", chardev: id, id: alias }),
  ];
}

export function channelParts(channel: Channel, context: DeviceContext): Part[] {
  const alias = aliasOf(channel);
  const id = `char${alias}`;
  const parts = chardevParts(id, channel.source, context);
  const { target } = channel;
  if (target.type === "guestfwd") {
    const str = `tcp:${target.address}:${target.port}-chardev:${id}`;
    parts.push({ kind: "netdev", props: { type: "user", guestfwd: [{ str }], id: alias } });
    return parts;
  }
  if (target.type !== "virtio") return parts;
  const isSpice = channel.source.type === "spicevmc" || channel.source.type === "qemu-vdagent";
  parts.push(
    devicePart({
      driver: "virtserialport",
      ...portProps(channel, context),
      chardev: id,
      id: alias,
      name: isSpice ? (target.name ?? "com.redhat.spice.0") : target.name,
    }),
  );
  return parts;
}

/** Nothing for the console that stands for the first serial port. */
export function consoleParts(device: Console, context: DeviceContext): Part[] {
  const alias = aliasOf(device);
  const id = `char${alias}`;
  const { def } = context;
  switch (device.target?.type) {
    case "sclp":
    case "sclplm": {
      const driver = device.target.type === "sclp" ? "sclpconsole" : "sclplmconsole";
      return [...chardevParts(id, device.source, context), devicePart({ driver, chardev: id, id: alias })];
    }
    case "virtio": {
      const place = device.address?.type === "ccw" ? addressProps(def, device) : {};
      return [
        ...chardevParts(id, device.source, context),
        devicePart({ driver: "virtconsole", ...place, chardev: id, id: alias }),
      ];
    }
    case "serial":
    case undefined:
      return [];
    default:
      throw unsupported(`unsupported console target type ${device.target?.type}`);
  }
}

function portProps({ address }: Channel | Console, { def }: DeviceContext): Props {
  if (address?.type !== "virtio-serial") return {};
  return {
    bus: `${controllerAlias(def, "virtio-serial", address.controller)}.${address.bus}`,
    nr: address.port,
  };
}
