import type { DomainDef } from "../def.ts";
import type { Controller, ControllerOf, ControllerType } from "../devices/controller.ts";
import { unsupported } from "../errors.ts";

/** More than any guest has. */
export const mostControllers = 1023;

/**
 * SCSI devices of the host bring their controllers along, as soon as they are read and once they have their places.
 * @returns those that had to be added; they are like the last there was
 */
export function addHostdevControllers(def: DomainDef): Controller[] {
  const { controllers, hostdevs } = def.devices;
  return hostdevs.flatMap(({ type, address }) => {
    if (type !== "scsi") return [];
    const highest = address?.type === "drive" ? address.controller : 0;
    if (highest > mostControllers) throw unsupported(`scsi controller index ${highest} is out of range`);
    const like = controllers.findLast((each) => each.type === "scsi");
    const model = like?.type === "scsi" ? like.model : undefined;
    return Array.from({ length: highest + 1 }, (_, index) =>
      addController(def, { type: "scsi", index, ...(model !== undefined && { model }) }),
    ).filter((added) => added !== undefined);
  });
}

/** Lowest number no controller of that type has. */
export function nextControllerIndex(controllers: readonly Controller[], type: ControllerType): number {
  const taken = new Set(controllers.filter((each) => each.type === type).map(({ index }) => index));
  let index = 0;
  while (taken.has(index)) index++;
  return index;
}

const isUsb2 = (controller: Controller): boolean =>
  controller.type === "usb" && /^ich9-(ehci1|uhci[123])$/.test(controller.model ?? "");

/** Puts controllers among those of their type by the numbers that are written; one without stays behind those before it. */
export function sortControllers(written: readonly Controller[]): Controller[] {
  const sorted: Controller[] = [];
  for (const each of written) insertController(sorted, each);
  return sorted;
}

/**
 * Gives each controller without a number the lowest free one of its type. They stay where they are, unless a USB 2
 * controller is among them (behind the first): then all are sorted anew.
 *
 * USB 2 controllers written one after the other are companions: they share a number until a model repeats.
 */
export function assignControllerIndexes(controllers: Controller[]): void {
  let isOutOfOrder = false;
  for (const [at, controller] of controllers.entries()) {
    if (controller.index !== undefined) continue;
    isOutOfOrder ||= at > 0 && isUsb2(controller);
    const before = isUsb2(controller)
      ? controllers.slice(0, at).findLast(({ type }) => type === "usb")
      : undefined;
    const isCompanion =
      before !== undefined && isUsb2(before) && !hasModelAt(controllers, controller, before.index);
    controller.index = isCompanion ? before.index : nextControllerIndex(controllers, controller.type);
  }
  if (isOutOfOrder) controllers.splice(0, controllers.length, ...sortControllers(controllers));
}

function hasModelAt(
  controllers: readonly Controller[],
  like: Controller,
  index: number | undefined,
): boolean {
  return (
    like.type === "usb" &&
    controllers.some((each) => each.type === "usb" && each.index === index && each.model === like.model)
  );
}

export function findController<T extends ControllerType>(
  controllers: readonly Controller[],
  type: T,
  index: number,
): ControllerOf<T> | undefined {
  return controllers.find((each): each is ControllerOf<T> => each.type === type && each.index === index);
}

/** Puts a controller among those of its type, by number (without one behind them); else at the end. */
export function insertController(controllers: Controller[], added: Controller): void {
  let at = -1;
  for (let i = controllers.length - 1; i >= 0; i--) {
    const present = controllers[i];
    if (present?.type !== added.type) continue;
    if (added.index === undefined) {
      at = i + 1;
      break;
    }
    if ((present.index ?? -1) > added.index) at = i;
    else if (
      present.index === added.index &&
      added.masterStartPort === undefined &&
      present.masterStartPort !== undefined
    )
      at = i;
    else if (at < 0) at = i + 1;
  }
  controllers.splice(at < 0 ? controllers.length : at, 0, added);
}

/**
 * Adds a controller unless there is one of that type and number.
 * @returns the new controller, `undefined` if it was there
 */
export function addController(def: DomainDef, added: Controller & { index: number }): Controller | undefined {
  const { controllers } = def.devices;
  if (findController(controllers, added.type, added.index)) return undefined;
  insertController(controllers, added);
  return added;
}
