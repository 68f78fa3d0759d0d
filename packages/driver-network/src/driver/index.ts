import type { NetworkDriver } from "../driver.ts";
import { definitionHandlers } from "./definition.ts";
import { eventHandlers } from "./events.ts";
import { leaseHandlers } from "./leases.ts";
import { listHandlers } from "./list.ts";
import { lookupHandlers } from "./lookup.ts";
import { metadataHandlers } from "./metadata.ts";
import { portHandlers } from "./ports.ts";
import type { NetworkHandlers } from "./target.ts";
import { updateHandlers } from "./update.ts";

/** All procedures of the remote program that are about networks. */
export const networkHandlers = (driver: NetworkDriver): NetworkHandlers => ({
  ...lookupHandlers(driver),
  ...listHandlers(driver),
  ...definitionHandlers(driver),
  ...updateHandlers(driver),
  ...leaseHandlers(driver),
  ...metadataHandlers(driver),
  ...eventHandlers(driver),
  ...portHandlers(driver),
});
