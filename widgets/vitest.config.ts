import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    environment: "node",
    testTimeout: 20_000,
    // Two processes at most: the machines that run this have two cores, and the engine's tests are heavy.
    maxWorkers: 2,
  },
});
