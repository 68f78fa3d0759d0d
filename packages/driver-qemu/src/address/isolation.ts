import type { AnyDevice, DomainDef } from "@libvirt-ts/conf/domain";
import { isPseries } from "../device/machine.ts";
import { hostAddress } from "../device/net.ts";
import type { HostPci } from "./pci-needs.ts";

/**
 * Which devices must not share a bus: on pSeries boards errors are contained bus by bus, so devices of the host that
 * are in different IOMMU groups get buses of their own. 0 = it may be anywhere among its like.
 */
export function isolationGroups(def: DomainDef, host: HostPci): (device: AnyDevice) => number {
  if (!isPseries(def)) return () => 0;
  return (each) => {
    const address =
      each.kind === "interface"
        ? hostAddress(each.device)
        : each.kind === "hostdev" && each.device.type === "pci"
          ? each.device.source?.address
          : undefined;
    const group = address && host.iommuGroup?.(address);
    // Groups of the host count from 0, which here means none.
    return group === undefined ? 0 : group + 1;
  };
}
