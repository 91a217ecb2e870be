import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.{ts,tsx}"],
    // Real processes and terminals: each test waits for what it needs, so this is only the end of patience.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: "forks",
    // CI's cores are shared: a process that got no turn in time isn't a fault. What fails twice is.
    retry: process.env["CI"] ? 1 : 0,
    // Most of their time they wait for processes of their own.
    maxWorkers: 2,
    coverage: {
      provider: "v8",
      include: ["src/**"],
      exclude: ["**/*.test.*", "**/*.test-support.*", "**/*.test-suite.*"],
      reporter: [["text", { skipFull: true }]],
    },
  },
});
