import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["tests/setup.ts"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "daemons/*/src/**/*.test.ts", "tools/*/src/**/*.test.ts"],
        },
      },
      {
        test: {
          name: "system",
          include: ["tests/**/*.test.ts"],
          setupFiles: ["tests/watchdog.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
