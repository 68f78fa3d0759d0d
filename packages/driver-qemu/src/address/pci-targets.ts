import type { DomainDef, PciController } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { isPseries } from "../device/machine.ts";

type ModelName = NonNullable<NonNullable<PciController["modelName"]>["name"]>;

const modelNames: Readonly<Partial<Record<NonNullable<PciController["model"]>, ModelName>>> = {
  "pci-bridge": "pci-bridge",
  "dmi-to-pci-bridge": "i82801b11-bridge",
  "pcie-to-pci-bridge": "pcie-pci-bridge",
  "pcie-root-port": "pcie-root-port",
  "pcie-switch-upstream-port": "x3130-upstream",
  "pcie-switch-downstream-port": "xio3130-downstream",
  "pci-expander-bus": "pxb",
  "pcie-expander-bus": "pxb-pcie",
};

/** Names and numbers bridges have towards the guest; they follow from index and place. */
export function fillPciTargets(def: DomainDef): void {
  const controllers = def.devices.controllers.filter((c): c is PciController => c.type === "pci");
  for (const controller of controllers) {
    const { model, index = 0, address } = controller;
    const slot = address?.type === "pci" ? address.slot : 0;
    const fn = address?.type === "pci" ? address.function : 0;
    const name =
      model === "pci-root" && isPseries(def) ? "spapr-pci-host-bridge" : model && modelNames[model];
    if (name !== undefined) controller.modelName ??= { name };
    switch (model) {
      case "pci-bridge":
        target(controller).chassisNr ??= index;
        break;
      case "pcie-root-port":
        target(controller).chassis ??= index;
        target(controller).port ??= slot * 8 + fn;
        break;
      case "pcie-switch-downstream-port":
        target(controller).chassis ??= index;
        target(controller).port ??= slot;
        break;
      case "pci-expander-bus":
      case "pcie-expander-bus":
        target(controller).busNr ??= newBusNumber(controllers);
        break;
      case "pci-root":
        if (isPseries(def)) target(controller).index ??= freeHostBridge(controllers);
        break;
    }
  }
}

function target(controller: PciController) {
  controller.target ??= {};
  return controller.target;
}

/** Expander buses count down from 254; each leaves room for a bus behind it. */
function newBusNumber(controllers: readonly PciController[]): number {
  const used = controllers.map((c) => c.target?.busNr).filter((n) => n !== undefined);
  const lowest = used.length === 0 ? 256 : Math.min(...used);
  if (lowest <= 2) {
    throw new VirError(
      ErrorDomain.QEMU,
      ErrorCode.INTERNAL_ERROR,
      "No free busNr lower than current lowest busNr is available to auto-assign to bus",
    );
  }
  return lowest - 2;
}

function freeHostBridge(controllers: readonly PciController[]): number {
  const used = new Set(controllers.map((c) => c.target?.index));
  for (let index = 0; ; index++) if (!used.has(index)) return index;
}
