import { DriverFeature } from "@libvirt-ts/api";
import { ErrorDomain } from "@libvirt-ts/errors";
import { remote } from "@libvirt-ts/protocol";
import { connectionService, type Service } from "@libvirt-ts/rpc/server";
import { testHandlers } from "./handlers.ts";
import type { TestDriver } from "./test-driver.ts";

/** 11.3.0, whose test driver this one is like. */
const LIB_VERSION = 11_003_000;
const DEFAULT_PATH = "/default";

/** The remote program as this driver answers it, for clients that open `test:///default`. */
export function testService(driver: TestDriver): Service<typeof remote.procs> {
  const session = connectionService({
    type: "TEST",
    scheme: "test",
    paths: [DEFAULT_PATH],
    privileged: true,
    features: [DriverFeature.TYPED_PARAM_STRING, DriverFeature.NETWORK_UPDATE_HAS_CORRECT_ORDER],
    libVersion: LIB_VERSION,
  });
  return {
    program: remote,
    errorDomain: ErrorDomain.TEST,
    handlers: { ...session.handlers, ...testHandlers(driver) },
    gate: session.gate,
  };
}
