import { eventHandlers, listHandlers, lookupHandlers, type RemoteHandlers } from "@libvirt-ts/hypervisor";
import { definitionHandlers } from "./domain/definition.ts";
import { infoHandlers } from "./domain/info.ts";
import { lifecycleHandlers } from "./domain/lifecycle.ts";
import { plainLookupHandlers } from "./domain/lookup.ts";
import { memoryHandlers } from "./domain/memory.ts";
import { metadataHandlers } from "./domain/metadata.ts";
import { hostHandlers } from "./host/calls.ts";
import { interfaceHandlers } from "./interface/calls.ts";
import { networkHandlers } from "./network/calls.ts";
import { nodeDeviceHandlers } from "./nodedev/calls.ts";
import { poolHandlers } from "./storage/pool-calls.ts";
import { volumeHandlers } from "./storage/volume-calls.ts";
import type { TestDriver } from "./test-driver.ts";

/** All calls of the remote program that this driver answers. */
export const testHandlers = (driver: TestDriver): RemoteHandlers => ({
  ...hostHandlers(driver),
  ...listHandlers(driver),
  ...lookupHandlers(driver),
  ...plainLookupHandlers(driver),
  ...definitionHandlers(driver),
  ...lifecycleHandlers(driver),
  ...infoHandlers(driver),
  ...memoryHandlers(driver),
  ...metadataHandlers(driver),
  ...eventHandlers(driver),
  ...networkHandlers(driver),
  ...interfaceHandlers(driver),
  ...poolHandlers(driver),
  ...volumeHandlers(driver),
  ...nodeDeviceHandlers(driver),
});
