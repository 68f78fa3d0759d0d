export { openTest, testOpener } from "./connection.ts";
export { testHandlers } from "./handlers.ts";
export { openTestDriver, type TestDriverOptions } from "./open.ts";
export { testService } from "./service.ts";
export type { TestDriver } from "./test-driver.ts";
