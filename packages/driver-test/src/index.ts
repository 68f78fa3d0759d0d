export { testHandlers } from "./handlers.ts";
export { openTestDriver, type TestDriverOptions } from "./open.ts";
export type { TestDriver } from "./test-driver.ts";
