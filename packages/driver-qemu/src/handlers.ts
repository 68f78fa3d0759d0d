import type { RemoteHandlers } from "./driver/common.ts";
import { connectHandlers } from "./driver/connect.ts";
import { defineHandlers } from "./driver/define.ts";
import { eventHandlers } from "./driver/events.ts";
import { infoHandlers } from "./driver/info.ts";
import { lifecycleHandlers } from "./driver/lifecycle.ts";
import { listHandlers } from "./driver/list.ts";
import { lookupHandlers } from "./driver/lookup.ts";
import { nativeHandlers } from "./driver/native.ts";
import { nodeHandlers } from "./driver/node.ts";
import { snapshotHandlers } from "./driver/snapshot.ts";
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
});
