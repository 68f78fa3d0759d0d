import { eventHandlers, listHandlers, lookupHandlers, type RemoteHandlers } from "@libvirt-ts/hypervisor";
import { agentHandlers } from "./domain/agent.ts";
import { checkpointHandlers } from "./domain/checkpoints.ts";
import { definitionHandlers } from "./domain/definition.ts";
import { deviceHandlers } from "./domain/devices.ts";
import { diskHandlers } from "./domain/disks.ts";
import { identityHandlers } from "./domain/identity.ts";
import { infoHandlers } from "./domain/info.ts";
import { domainInterfaceHandlers } from "./domain/interfaces.ts";
import { iothreadHandlers } from "./domain/iothreads.ts";
import { lifecycleHandlers } from "./domain/lifecycle.ts";
import { plainLookupHandlers } from "./domain/lookup.ts";
import { memoryHandlers } from "./domain/memory.ts";
import { metadataHandlers } from "./domain/metadata.ts";
import { saveHandlers } from "./domain/save.ts";
import { screenshotHandlers } from "./domain/screenshot.ts";
import { snapshotHandlers } from "./domain/snapshots.ts";
import { statsHandlers } from "./domain/stats.ts";
import { tuningHandlers } from "./domain/tuning.ts";
import { vcpuHandlers } from "./domain/vcpus.ts";
import { hostHandlers } from "./host/calls.ts";
import { hypervisorHandlers } from "./host/hypervisor.ts";
import { interfaceHandlers } from "./interface/calls.ts";
import { networkHandlers } from "./network/calls.ts";
import { nodeDeviceHandlers } from "./nodedev/calls.ts";
import { poolHandlers } from "./storage/pool-calls.ts";
import { volumeHandlers } from "./storage/volume-calls.ts";
import type { TestDriver } from "./test-driver.ts";

/** All calls of the remote program that this driver answers. */
export const testHandlers = (driver: TestDriver): RemoteHandlers => ({
  ...hostHandlers(driver),
  ...hypervisorHandlers(),
  ...listHandlers(driver),
  ...lookupHandlers(driver),
  ...plainLookupHandlers(driver),
  ...definitionHandlers(driver),
  ...lifecycleHandlers(driver),
  ...infoHandlers(driver),
  ...memoryHandlers(driver),
  ...vcpuHandlers(driver),
  ...tuningHandlers(driver),
  ...iothreadHandlers(driver),
  ...agentHandlers(driver),
  ...deviceHandlers(driver),
  ...diskHandlers(driver),
  ...identityHandlers(driver),
  ...domainInterfaceHandlers(driver),
  ...saveHandlers(driver),
  ...screenshotHandlers,
  ...statsHandlers(driver),
  ...metadataHandlers(driver),
  ...snapshotHandlers(driver),
  ...checkpointHandlers(driver),
  ...eventHandlers(driver),
  ...networkHandlers(driver),
  ...interfaceHandlers(driver),
  ...poolHandlers(driver),
  ...volumeHandlers(driver),
  ...nodeDeviceHandlers(driver),
});
