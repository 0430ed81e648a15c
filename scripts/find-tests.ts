/** Where the project's tests are. */
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

const everyTest = [
  "packages/*/src/**/*.test.ts",
  "apps/*/src/**/*.test.ts",
  "examples/**/*.test.ts",
  "tests/**/*.test.ts",
];
/** Statements about types: the compiler holds them, and there is nothing in them to run. */
const typeTests = "**/*.types.test.ts";

/** @param patterns none: all tests. */
export function findTests(patterns: readonly string[] = []): readonly string[] {
  const wanted = patterns.length === 0 ? everyTest.map((pattern) => resolve(root, pattern)) : patterns;
  return globSync(wanted, { exclude: [typeTests] })
    .map((file) => resolve(file))
    .sort();
}
