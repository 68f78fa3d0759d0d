export { openTest, testOpener } from "./connection.ts";
export { testHandlers } from "./handlers.ts";
export { testHosts } from "./hosts.ts";
export { openTestDriver, type TestDriverOptions } from "./open.ts";
export { testServices } from "./service.ts";
export type { TestDriver } from "./test-driver.ts";
