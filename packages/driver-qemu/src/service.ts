import { DriverFeature } from "@libvirt-ts/api";
import { ErrorDomain } from "@libvirt-ts/errors";
import { domainAccess, type RemoteHandlers } from "@libvirt-ts/hypervisor";
import { lxc, qemu, remote } from "@libvirt-ts/protocol";
import { connectionService, type Fallback, type Service, type ServiceAccess } from "@libvirt-ts/rpc/server";
import { monitorCommandHandlers } from "./driver/monitor-command.ts";
import { qemuHandlers } from "./handlers.ts";
import type { QemuDriver } from "./qemu-driver.ts";

export interface QemuServicesOptions {
  /** Our version as clients read it: 11003000 is 11.3.0. */
  readonly libVersion: number;
  /** Another driver of this process, for calls of the same connections that are not about domains. */
  readonly other?: { readonly handlers: RemoteHandlers; readonly access: ServiceAccess };
  /** Passes them on to other daemons. */
  readonly fallback?: Fallback;
}

/** The programs for clients that open `qemu:///system` or `qemu:///session`. */
export function qemuServices(
  driver: QemuDriver,
  { libVersion, other, fallback }: QemuServicesOptions,
): Service[] {
  const { handlers, gate } = connectionService({
    type: "QEMU",
    scheme: "qemu",
    privileged: driver.paths.privileged,
    rootSession: true,
    features: [
      DriverFeature.TYPED_PARAM_STRING,
      DriverFeature.XML_MIGRATABLE,
      DriverFeature.NETWORK_UPDATE_HAS_CORRECT_ORDER,
    ],
    libVersion,
  });
  const domains = domainAccess("QEMU", driver.domains);
  const access: ServiceAccess = {
    ...domains,
    objectOf: (type, args, call) =>
      (type === "domain" ? domains : (other?.access ?? domains)).objectOf(type, args, call),
  };
  const errorDomain = ErrorDomain.QEMU;
  return [
    {
      program: remote,
      access,
      handlers: { ...other?.handlers, ...handlers, ...qemuHandlers(driver) },
      errorDomain,
      gate,
      ...(fallback && { fallback }),
    },
    { program: qemu, access, handlers: monitorCommandHandlers(driver), errorDomain, gate },
    // known in every daemon with a hypervisor; nothing of it is for QEMU
    { program: lxc, handlers: {}, errorDomain, gate },
  ];
}
