import type { DriverEntrance, Service } from "@libvirt-ts/rpc/server";
import { openTestDriver, type TestDriverOptions } from "./open.ts";
import { testServices } from "./service.ts";

/** The hosts of a process: all clients of `test:///default` share one, for as long as any of them is there. */
export function testHosts(options: TestDriverOptions): DriverEntrance {
  let shared: { readonly services: readonly Service[]; clients: number } | undefined;
  return {
    scheme: "test",
    services(_uri, client) {
      shared ??= { services: testServices(openTestDriver(options)), clients: 0 };
      shared.clients++;
      client.onClose(() => {
        if (shared !== undefined && --shared.clients === 0) shared = undefined;
      });
      return shared.services;
    },
  };
}
