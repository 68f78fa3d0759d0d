import { agentHandlers } from "./driver/agent.ts";
import { blockInfoHandlers } from "./driver/block-info.ts";
import type { RemoteHandlers } from "./driver/common.ts";
import { connectHandlers } from "./driver/connect.ts";
import { consoleHandlers } from "./driver/console.ts";
import { defineHandlers } from "./driver/define.ts";
import { eventHandlers } from "./driver/events.ts";
import { infoHandlers } from "./driver/info.ts";
import { interfaceHandlers } from "./driver/interfaces.ts";
import { lifecycleHandlers } from "./driver/lifecycle.ts";
import { listHandlers } from "./driver/list.ts";
import { lookupHandlers } from "./driver/lookup.ts";
import { memoryStatsHandlers } from "./driver/memory-stats.ts";
import { nativeHandlers } from "./driver/native.ts";
import { nodeHandlers } from "./driver/node.ts";
import { pinningHandlers } from "./driver/pinning.ts";
import { screenshotHandlers } from "./driver/screenshot.ts";
import { sendKeyHandlers } from "./driver/send-key.ts";
import { snapshotHandlers } from "./driver/snapshot.ts";
import { statsHandlers } from "./driver/stats.ts";
import { vcpuHandlers } from "./driver/vcpus.ts";
import type { QemuDriver } from "./qemu-driver.ts";

/** All calls of the remote program that this driver answers. */
export const qemuHandlers = (driver: QemuDriver): RemoteHandlers => ({
  ...connectHandlers(driver),
  ...nodeHandlers(driver),
  ...listHandlers(driver),
  ...lookupHandlers(driver),
  ...defineHandlers(driver),
  ...lifecycleHandlers(driver),
  ...infoHandlers(driver),
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
});
