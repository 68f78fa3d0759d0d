import type { DomainDef } from "../def.ts";
import { type AnyDevice, allDevices } from "../device.ts";
import type { DomainSyntax } from "../domain.ts";
import { fillBasics, fillMac } from "./basics.ts";
import { fillDomainCommon } from "./common.ts";
import { addHostdevControllers, assignControllerIndexes } from "./controllers.ts";
import { fillDevice } from "./device.ts";
import { fillSerialPorts } from "./serials.ts";

export interface FillFlags {
  readonly inactive?: boolean;
  /** The user's own new definition: modern defaults may be chosen. Otherwise what was meant when it was stored. */
  readonly abiUpdate?: boolean;
}

/**
 * The parts of filling in that only a driver knows, called in this order around the general rules.
 * All change the definition in place.
 */
export interface DomainHooks {
  /** First: what later parts look up, such as the emulator. */
  readonly basics?: (def: DomainDef, flags: FillFlags) => void;
  /** After controllers have their indexes: machine, CPU, features, default devices, firmware. */
  readonly domain?: (def: DomainDef, flags: FillFlags) => void;
  /** For each device, before the general rules for it. */
  readonly device?: (device: AnyDevice, def: DomainDef, flags: FillFlags) => void;
  /** Last of all: addresses. */
  readonly addresses?: (def: DomainDef, flags: FillFlags) => void;
  /** After that: whether it makes sense to the driver. */
  readonly check?: (def: DomainDef) => void;
}

export interface FillOptions extends FillFlags {
  /** A console is what it says: it brings no serial port along. */
  readonly noStubConsole?: boolean;
  /** The security model of labels that name none. */
  readonly defaultSecurityModel?: string;
  /** Makes a MAC address for a card that has none; default: a random one of QEMU's. */
  readonly newMac?: () => string;
  /** Architecture of this host: that of guests that name none. */
  readonly hostArch?: string;
  readonly hooks?: DomainHooks;
  /** Source of random bytes for a UUID and MAC addresses that are not written. */
  readonly random?: (size: number) => Uint8Array;
}

/**
 * Fills in all that may be left out, in libvirt's order: later rules see what earlier ones put there.
 * @param syntax taken over and changed in place
 */
export function fillDomain(syntax: DomainSyntax, options: FillOptions = {}): DomainDef {
  const { hooks = {} } = options;
  const def = fillBasics(syntax, options);
  addHostdevControllers(def);
  hooks.basics?.(def, options);
  assignControllerIndexes(def.devices.controllers);
  hooks.domain?.(def, options);
  fillSerialPorts(def.devices.serials);
  for (const each of allDevices(def.devices)) fillOne(each, def, options);
  fillDomainCommon(def, options, (device) => fillOne(device, def, options));
  hooks.addresses?.(def, options);
  return def;
}

/**
 * Fills in a device that is added to a guest; it need not be in the lists yet.
 * Addresses and controllers it needs are the caller's business.
 */
export function fillNewDevice(each: AnyDevice, def: DomainDef, options: FillOptions = {}): void {
  if (each.kind === "interface") fillMac(each.device, options);
  fillOne(each, def, options);
}

function fillOne(each: AnyDevice, def: DomainDef, options: FillOptions): void {
  options.hooks?.device?.(each, def, options);
  fillDevice(each, def);
}
