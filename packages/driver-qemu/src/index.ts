export { type HostFacts, readHostFacts } from "./host-facts.ts";
export { loadDomains, openQemuDriver, type QemuWorld } from "./open-driver.ts";
export type { QemuDriver } from "./qemu-driver.ts";
export { type QemuServicesOptions, qemuServices } from "./service.ts";
export { type QemuSettings, qemuKeys } from "./settings.ts";
