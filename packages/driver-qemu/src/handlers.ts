import { eventHandlers, listHandlers, lookupHandlers } from "@libvirt-ts/hypervisor";
import { agentHandlers } from "./driver/agent.ts";
import { blockInfoHandlers } from "./driver/block-info.ts";
import type { RemoteHandlers } from "./driver/common.ts";
import { connectHandlers } from "./driver/connect.ts";
import { consoleHandlers } from "./driver/console.ts";
import { cpuHandlers } from "./driver/cpu.ts";
import { defineHandlers } from "./driver/define.ts";
import { deviceHandlers } from "./driver/devices.ts";
import { infoHandlers } from "./driver/info.ts";
import { interfaceHandlers } from "./driver/interfaces.ts";
import { ioLimitHandlers } from "./driver/io-limits.ts";
import { lifecycleHandlers } from "./driver/lifecycle.ts";
import { limitHandlers } from "./driver/limits.ts";
import { managedSaveHandlers } from "./driver/managed-save.ts";
import { memorySizeHandlers } from "./driver/memory-size.ts";
import { memoryStatsHandlers } from "./driver/memory-stats.ts";
import { metadataHandlers } from "./driver/metadata.ts";
import { nativeHandlers } from "./driver/native.ts";
import { nodeHandlers } from "./driver/node.ts";
import { pinningHandlers } from "./driver/pinning.ts";
import { renameHandlers } from "./driver/rename.ts";
import { saveHandlers } from "./driver/save.ts";
import { schedulerHandlers } from "./driver/scheduler.ts";
import { screenshotHandlers } from "./driver/screenshot.ts";
import { sendKeyHandlers } from "./driver/send-key.ts";
import { snapshotHandlers } from "./driver/snapshot.ts";
import { statsHandlers } from "./driver/stats.ts";
import { vcpuCountHandlers } from "./driver/vcpu-count.ts";
import { vcpuHandlers } from "./driver/vcpus.ts";
import type { QemuDriver } from "./qemu-driver.ts";

/** All calls of the remote program that this driver answers. */
export const qemuHandlers = (driver: QemuDriver): RemoteHandlers => ({
  ...connectHandlers(driver),
  ...cpuHandlers(driver),
  ...nodeHandlers(driver),
  ...listHandlers(driver),
  ...lookupHandlers(driver),
  ...defineHandlers(driver),
  ...lifecycleHandlers(driver),
  ...infoHandlers(driver),
  ...deviceHandlers(driver),
  ...nativeHandlers(driver),
  ...snapshotHandlers(driver),
  ...eventHandlers(driver),
  ...agentHandlers(driver),
  ...vcpuHandlers(driver),
  ...statsHandlers(driver),
  ...sendKeyHandlers(driver),
  ...screenshotHandlers(driver),
  ...pinningHandlers(driver),
  ...memoryStatsHandlers(driver),
  ...interfaceHandlers(driver),
  ...consoleHandlers(driver),
  ...blockInfoHandlers(driver),
  ...memorySizeHandlers(driver),
  ...vcpuCountHandlers(driver),
  ...schedulerHandlers(driver),
  ...limitHandlers(driver),
  ...ioLimitHandlers(driver),
  ...metadataHandlers(driver),
  ...renameHandlers(driver),
  ...managedSaveHandlers(driver),
  ...saveHandlers(driver),
});
