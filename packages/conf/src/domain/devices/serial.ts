import {
  absentIs,
  attr,
  attrOf,
  child,
  element,
  fixed,
  type Infer,
  nonNegativeInt,
  oneOf,
  raw,
  refusing,
  strictly,
} from "@libvirt-ts/xml";
import { absPath } from "../../types.ts";
import { chardevSource, consoleSource, readChardev } from "../chardev.ts";
import { unsupported, xmlError } from "../errors.ts";
import { info } from "../info.ts";
import { attrOneOf, orNothing } from "../words.ts";

export const serialTargets = [
  "none",
  "isa-serial",
  "usb-serial",
  "pci-serial",
  "spapr-vio-serial",
  "system-serial",
  "sclp-serial",
  "isa-debug",
] as const;
export const serialModels = [
  "none",
  "isa-serial",
  "usb-serial",
  "pci-serial",
  "spapr-vty",
  "pl011",
  "sclpconsole",
  "sclplmconsole",
  "16550a",
  "isa-debugcon",
] as const;

/** -1 stands for no number. */
const portNumber = strictly(
  orNothing(
    refusing(nonNegativeInt, (text) => xmlError(`Invalid port number: ${text}`)),
    "-1",
  ),
  /[\s\S]*/,
  "anything",
);
const unknownModel = (text: string) =>
  unsupported(`unknown target model '${text}' specified for character device`);
const unknownTarget = (text: string) =>
  unsupported(`unknown target type '${text}' specified for character device`);

const SerialTarget = element("target", {
  type: fixed("serial type", attrOneOf("type", serialTargets, { refuse: unknownTarget, omit: "none" })),
  port: fixed("serial port", attr("port", portNumber)),
  model: fixed(
    absentIs("none", "serial model"),
    attrOf("model", "name", oneOf(serialModels, unknownModel), { emptyIsAbsent: true }),
  ),
});

/** A serial port of the guest. */
export const Serial = element(
  "serial",
  {
    source: chardevSource,
    target: child(SerialTarget),
    ...info,
    privateData: raw("privateData", { show: "status", plain: true }),
  },
  { read: (device, from) => readChardev(device.source, from) },
);
export type Serial = Infer<typeof Serial>;

/** A parallel port of the guest. */
export const Parallel = element(
  "parallel",
  {
    source: chardevSource,
    target: child(element("target", { port: fixed("parallel port", attr("port", portNumber)) })),
    ...info,
  },
  { read: (device, from) => readChardev(device.source, from) },
);
export type Parallel = Infer<typeof Parallel>;

/** What a user sees as the console; for most machines it stands for the first serial port. */
export const Console = element(
  "console",
  {
    source: consoleSource,
    tty: attr("tty", absPath, { show: "live" }),
    target: child(
      element("target", {
        type: fixed(
          "console type",
          attrOneOf("type", ["none", "serial", "xen", "uml", "virtio", "lxc", "openvz", "sclp", "sclplm"], {
            default: "serial",
            refuse: unknownTarget,
          }),
        ),
        port: attr("port", portNumber),
      }),
    ),
    ...info,
  },
  {
    read(device, from) {
      readChardev(device.source, from);
      device.target ??= { type: "serial" };
      if (device.source.type === "pty" && device.tty !== undefined && !device.source.source?.path) {
        device.source.source = { path: device.tty };
      }
      device.tty = undefined;
    },
    view: (device) =>
      device.target?.type === "serial" &&
      device.source.type === "pty" &&
      device.source.source?.path !== undefined
        ? { ...device, tty: device.source.source.path }
        : device,
  },
);
export type Console = Infer<typeof Console>;
