import { describe } from "vitest";
import { describeDomainAgent } from "./domain-agent.ts";
import { describeDomainCheckpoints } from "./domain-checkpoints.ts";
import { describeDomainDevices } from "./domain-devices.ts";
import { describeDomainFigures } from "./domain-figures.ts";
import { describeDomainLifecycle } from "./domain-lifecycle.ts";
import { describeDomainLookup } from "./domain-lookup.ts";
import { describeDomainResources } from "./domain-resources.ts";
import { describeDomainSave } from "./domain-save.ts";
import { describeDomainScreenshot } from "./domain-screenshot.ts";
import { describeDomainSettings } from "./domain-settings.ts";
import { describeDomainSnapshots } from "./domain-snapshots.ts";
import { describeEvents } from "./events.ts";
import { describeHost } from "./host.ts";
import { describeInterfaces } from "./interfaces.ts";
import { describeNetworks } from "./networks.ts";
import { describeNodeDevices } from "./node-devices.ts";
import { describeStorage } from "./storage.ts";
import type { Target } from "./target.ts";

/** Every suite there is: the test driver has all interfaces. */
export function describeTestDriver(target: Target): void {
  describe(target.name, () => {
    describeDomainLifecycle(target);
    describeDomainLookup(target);
    describeDomainSettings(target);
    describeDomainResources(target);
    describeDomainFigures(target);
    describeDomainAgent(target);
    describeDomainDevices(target);
    describeDomainScreenshot(target);
    describeDomainSave(target);
    describeDomainSnapshots(target);
    describeDomainCheckpoints(target);
    describeEvents(target);
    describeHost(target);
    describeNetworks(target);
    describeInterfaces(target);
    describeStorage(target);
    describeNodeDevices(target);
  });
}

/** Those of every hypervisor, also of one whose guests are real. */
export function describeHypervisor(target: Target): void {
  describe(target.name, () => {
    describeDomainLifecycle(target);
    describeDomainLookup(target);
    describeDomainSettings(target);
    describeEvents(target);
  });
}
