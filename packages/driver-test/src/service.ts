import { DriverFeature } from "@libvirt-ts/api";
import { ErrorDomain } from "@libvirt-ts/errors";
import { lxc, qemu, remote } from "@libvirt-ts/protocol";
import { connectionService, type Service } from "@libvirt-ts/rpc/server";
import { testHandlers } from "./handlers.ts";
import type { TestDriver } from "./test-driver.ts";

/** 11.3.0, whose test driver this one is like. */
const LIB_VERSION = 11_003_000;
export const DEFAULT_PATH = "/default";

/** The programs as this driver answers them, for clients that open `test://PATH`. */
export function testServices(driver: TestDriver, path = DEFAULT_PATH): Service[] {
  const session = connectionService({
    type: "TEST",
    scheme: "test",
    paths: [path],
    privileged: true,
    features: [DriverFeature.TYPED_PARAM_STRING, DriverFeature.NETWORK_UPDATE_HAS_CORRECT_ORDER],
    libVersion: LIB_VERSION,
  });
  const { gate } = session;
  const errorDomain = ErrorDomain.TEST;
  return [
    {
      program: remote,
      errorDomain,
      gate,
      handlers: { ...session.handlers, ...testHandlers(driver) },
      // Guests that exist in memory only; libvirt asks nobody about them either.
      isOpenToAll: true,
    },
    // known to every hypervisor; nothing of them is for this one
    ...[qemu, lxc].map((program) => ({ program, errorDomain, gate, handlers: {} })),
  ];
}
