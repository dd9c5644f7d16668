import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

/**
 * Tests with a database, sockets and time limits of AWS calls may be starved on a machine that others
 * use too. There a failure counts when it comes again; at a developer's desk it counts at once.
 */
const retry = process.env["CI"] === undefined ? 0 : 2;

export default defineConfig({
  resolve: { alias: [{ find: /^@\//, replacement: root }] },
  test: {
    passWithNoTests: true,
    reporters: ["default", ["json", { outputFile: ".reports/vitest.json" }]],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["lib/**/*.test.ts"],
          exclude: ["**/*.db.test.ts", "**/*.net.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "contract",
          retry,
          include: ["{lib,bench}/**/*.db.test.ts", "{lib,bench}/**/*.net.test.ts"],
          globalSetup: ["lib/testing/global-database.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "conformance",
          retry,
          include: ["e2e/conformance/*.test.ts"],
          globalSetup: ["lib/testing/global-database.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "clients",
          retry,
          include: ["e2e/clients/*.test.ts"],
          globalSetup: ["lib/testing/global-database.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
