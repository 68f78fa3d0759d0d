import type { Controller, ControllerOf, DomainDef } from "@libvirt-ts/conf/domain";

export const findController = <T extends Controller["type"]>(
  def: DomainDef,
  type: T,
  index: number,
): ControllerOf<T> | undefined =>
  def.devices.controllers.find((c): c is ControllerOf<T> => c.type === type && (c.index ?? 0) === index);

/** Puts a controller behind its like with lower indexes; the first of its kind goes to the end. */
export function insertController(def: DomainDef, controller: Controller): void {
  const { controllers } = def.devices;
  const index = controller.index ?? 0;
  let at: number | undefined;
  for (let i = controllers.length - 1; i >= 0; i--) {
    const current = controllers[i];
    if (current?.type !== controller.type) continue;
    if ((current.index ?? 0) > index) at = i;
    else at ??= i + 1;
  }
  controllers.splice(at ?? controllers.length, 0, controller);
}
