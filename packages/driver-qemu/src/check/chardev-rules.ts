import type { ChardevSource, Console, DomainDef, Serial } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { isArmVirt, isLoongarchVirt, isPseries, isRiscvVirt } from "../device/machine.ts";
import { isX86 } from "../device/parts.ts";
import { archOf, type DeviceRule, forEach, type Rule } from "./rule.ts";

/** Sources that only a SPICE server can be. */
const spiceOnly: readonly ChardevSource["type"][] = ["spicevmc", "spiceport"];

const neverAgain = () =>
  new VirError(ErrorDomain.QEMU, ErrorCode.INVALID_ARG, "chardev reconnect source timeout cannot be '0'");

const sourceRule: DeviceRule<{ source: ChardevSource }> = ({ source }, { devices }) => {
  const { type } = source;
  if (spiceOnly.includes(type) && !devices.graphics.some((graphics) => graphics.type === "spice"))
    return `chardev '${type}' not supported without spice graphics`;
  if (source.type === "tcp" || source.type === "unix") {
    const { enabled, timeout } = source.source?.reconnect ?? {};
    if (enabled && timeout === 0) return neverAgain();
  }
  if (source.type !== "tcp") return undefined;
  const { protocol = "raw" } = source;
  return ["raw", "telnet"].includes(protocol)
    ? undefined
    : `tcp chardev protocol '${protocol}' not supported`;
};

/** Kinds of serial ports with the bus they sit on and the devices that can be one. */
const serialKinds: Readonly<Record<string, { address?: string; models: readonly string[] }>> = {
  "isa-serial": { address: "isa", models: ["isa-serial"] },
  "isa-debug": { address: "isa", models: ["isa-debugcon"] },
  "pci-serial": { address: "pci", models: ["pci-serial"] },
  "usb-serial": { address: "usb", models: ["usb-serial"] },
  "spapr-vio-serial": { address: "spapr-vio", models: ["spapr-vty"] },
  "sclp-serial": { models: ["sclpconsole", "sclplmconsole"] },
  "system-serial": { models: ["pl011", "16550a"] },
};
const ownerOf = (model: string) =>
  Object.entries(serialKinds).find(([, { models }]) => models.includes(model))?.[0];

/** Ports that are part of a board, and which boards have them. */
const boards: Readonly<Record<string, (def: DomainDef) => boolean>> = {
  "spapr-vty": isPseries,
  pl011: isArmVirt,
  "16550a": (def) => isRiscvVirt(def) || isLoongarchVirt(def),
  sclpconsole: (def) => archOf(def).startsWith("s390"),
  sclplmconsole: (def) => archOf(def).startsWith("s390"),
};

const serialRule: DeviceRule<Serial> = ({ target, address }, def) => {
  const { type, model } = target ?? {};
  const kind = serialKinds[type ?? ""];
  if (kind === undefined) return undefined;
  if (kind.address === undefined && address !== undefined)
    return `Target type '${type}' cannot have an associated address`;
  if (model !== undefined && !kind.models.includes(model))
    return `Target model '${model}' requires target type '${ownerOf(model)}'`;
  if (model !== undefined && boards[model]?.(def) === false)
    return `Serial device with target type '${type}' and target model '${model}' not compatible with guest architecture or machine type`;
  return kind.address !== undefined && address !== undefined && address.type !== kind.address
    ? `Target type '${type}' requires address type '${kind.address}'`
    : undefined;
};

const consoleRule: DeviceRule<Console> = ({ target }, _def, { caps }) => {
  const type = target?.type ?? "serial";
  if (type === "sclp" || type === "sclplm")
    return caps.flags.has(type === "sclp" ? "s390-sclp" : "sclplmconsole")
      ? undefined
      : `${type}console is not supported in this QEMU binary`;
  return type === "serial" || type === "virtio" ? undefined : `unsupported console target type ${type}`;
};

/** Rules for serial ports and everything like them. */
export const chardevRules: readonly Rule[] = [
  forEach((def: DomainDef) => def.devices.serials, sourceRule, serialRule),
  forEach(
    (def) => def.devices.parallels,
    sourceRule,
    (_parallel, def) => (isX86(archOf(def)) ? undefined : "parallel ports are not supported"),
  ),
  forEach((def) => def.devices.channels, sourceRule),
  forEach((def) => def.devices.consoles, consoleRule),
  forEach((def) => def.devices.smartcards.filter((card) => card.mode === "passthrough"), sourceRule),
  forEach((def) => def.devices.redirdevs, sourceRule),
  forEach(
    (def) => def.devices.rngs.flatMap(({ backend }) => (backend.model === "egd" ? [backend] : [])),
    sourceRule,
  ),
];
