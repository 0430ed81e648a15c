/**
 * The architecture is held by the linter (biome.json) and the packages' manifests. A check that sees nothing passes, so
 * each rule is shown to bite on planted violations, and the real checks are shown to see every file.
 */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { lintCheck, runCheck, typesCheck } from "../scripts/checks.ts";
import { type Files, type Findings, lintPlanted } from "./planted-tree.ts";
import { listFiles, listPackages, projectRoot } from "./project-files.ts";

/** What each package may import of the others (DESIGN section 4). The cli alone may import all. */
const architecture: ReadonlyMap<string, readonly string[]> = new Map([
  ["errors", []],
  ["engine", ["errors"]],
  ["ensemble", ["errors"]],
  ["protocol", ["errors"]],
  ["sdk", ["engine", "ensemble", "errors", "protocol"]],
  ["runtime", ["engine", "ensemble", "errors", "protocol", "sdk"]],
  ["embedded", ["engine", "errors", "runtime"]],
  ["gateways", ["engine", "ensemble", "errors", "protocol", "runtime", "sdk"]],
  ["investing", ["ensemble", "errors", "sdk"]],
]);

/** A file with one violation: what it is, where it stands, the rule that has to find it, the code. */
type Plant = readonly [what: string, path: string, rule: string, code: string];

const importPlants: readonly Plant[] = [
  ["an undeclared package", "packages/protocol/src/a1.ts", "noUndeclaredDependencies", 'import "@mycroft/runtime";'],
  [
    "a type of an undeclared package",
    "packages/protocol/src/a2.ts",
    "noUndeclaredDependencies",
    'import type { A } from "@mycroft/runtime";\n\nexport type B = A;',
  ],
];
