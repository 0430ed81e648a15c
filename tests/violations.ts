/**
 * Violations of the architecture to plant, each in a file of its own and with the lint rule that has to find it, and
 * the innocent code that no rule may find. A rule that fires on everything would otherwise pass for one that works.
 */
import type { Files } from "./planted-tree.ts";

export interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly code: string;
}

type CodeByPath = Readonly<Record<string, string>>;

const imports: Readonly<Record<string, CodeByPath>> = {
  noUndeclaredDependencies: {
    "packages/protocol/src/undeclared.ts": 'import "@mycroft/runtime";\n',
    "packages/protocol/src/undeclared-type.ts":
      'import type { A } from "@mycroft/runtime";\n\nexport type B = A;\n',
    "packages/protocol/src/undeclared-handed-on.ts": 'export { a } from "@mycroft/runtime";\n',
    "packages/protocol/src/undeclared-on-demand.ts": 'export const a = () => import("@mycroft/runtime");\n',
    "packages/protocol/src/undeclared.test.ts": 'import "@mycroft/runtime";\n',
    "packages/engine/src/undeclared-library.ts": 'import "zod";\n',
    "packages/sdk/src/test-library-in-code-that-ships.ts": 'import "fast-check";\n',
  },
  noRestrictedImports: {
    "packages/sdk/src/inside-by-name.ts": 'import "@mycroft/engine/src/apply.ts";\n',
    "packages/sdk/src/inside-by-subpath.ts": 'import "@mycroft/engine/apply";\n',
    "packages/sdk/src/inside-by-path.ts": 'import "../../engine/src/apply.ts";\n',
    "packages/sdk/src/a/b/inside-by-long-path.ts": 'import "../../../../engine/src/apply.ts";\n',
    "packages/sdk/src/inside-handed-on.ts": 'export { a } from "../../engine/src/apply.ts";\n',
    "packages/sdk/src/inside-on-demand.ts": 'export const a = () => import("../../engine/src/apply.ts");\n',
    "packages/sdk/src/inside-type.ts":
      'import type { A } from "../../engine/src/a.ts";\n\nexport type B = A;\n',
    "packages/sdk/src/inside.test.ts": 'import "../../engine/src/apply.ts";\n',
    "packages/sdk/bin/inside.js": 'import "../../engine/src/apply.ts";\n',
    "packages/engine/src/inside.ts": 'import "../../errors/src/mycroft-error.ts";\n',
    "packages/embedded/src/contracts-in-code-that-ships.ts": 'import "@mycroft/runtime/contracts";\n',
    "packages/cli/src/third-door.ts": 'import "@mycroft/server/routes";\n',
    "packages/cli/src/behind-the-second-door.ts": 'import "@mycroft/server/operations/controls";\n',
    "packages/cli/src/behind-the-text.ts": 'import "@mycroft/record/text/printable";\n',
    "packages/cli/src/testing-in-code-that-ships.ts": 'import "@mycroft/record/testing";\n',
    "tests/inside.test.ts": 'import "../packages/engine/src/apply.ts";\n',
  },
  noPrivateImports: {
    "packages/sdk/src/a/takes-private.ts": 'import { a } from "../private.ts";\n\nexport const b = a;\n',
  },
  noImportCycles: {
    "packages/sdk/src/cycle-a.ts": 'import { b } from "./cycle-b.ts";\n\nexport const a = () => b;\n',
    "packages/sdk/src/cycle-b.ts": 'import { a } from "./cycle-a.ts";\n\nexport const b = () => a;\n',
    "packages/sdk/src/type-cycle-a.ts":
      'import type { B } from "./type-cycle-b.ts";\n\nexport type A = B[];\n',
    "packages/sdk/src/type-cycle-b.ts":
      'import type { A } from "./type-cycle-a.ts";\n\nexport type B = A[];\n',
    "packages/left/src/index.ts": 'import { b } from "@mycroft/right";\n\nexport const a = () => b;\n',
    "packages/right/src/index.ts": 'import { a } from "@mycroft/left";\n\nexport const b = () => a;\n',
  },
  noNodejsModules: {
    "packages/ensemble/src/hash.ts": 'import { hash } from "node:crypto";\n\nexport const a = hash;\n',
  },
};

/** What is not pure; planted in the engine and in the ensemble. */
const impurities: Readonly<Record<string, CodeByPath>> = {
  plugin: {
    "date-of-now.ts": "export const a = new Date();\n",
    "date-text-of-now.ts": "export const a = Date();\n",
  },
  noJsRestrictedProperties: {
    "date-now.ts": "export const a = Date.now();\n",
    "date-now-taken-out.ts": "export const { now } = Date;\n",
    "temporal-now.ts": "export const a = Temporal.Now.instant();\n",
    "math-random.ts": "export const a = Math.random();\n",
    "math-random-quoted.ts": 'export const a = Math["random"];\n',
    "host-locale.ts": 'export const a = "b".localeCompare("c");\n',
  },
  noRestrictedGlobals: {
    "timer.ts": "setTimeout(() => 1, 1);\n",
    "stopwatch.ts": "export const a = performance.now();\n",
    "deadline.ts": "export const a = AbortSignal.timeout(1);\n",
    "environment.ts": "export const a = process.env;\n",
    "network.ts": 'export const a = fetch("http://localhost");\n',
    "random-id.ts": "export const a = crypto.randomUUID();\n",
    "global-object.ts": "export const a = globalThis;\n",
    "host-format.ts": "export const a = new Intl.NumberFormat();\n",
  },
  noConsole: { "console.ts": 'console.log("a");\n' },
  noRestrictedImports: {
    "files.ts": 'import "node:fs";\n',
    "files-on-demand.ts": 'export const a = () => import("node:fs/promises");\n',
    "random-bytes.ts": 'import { randomBytes } from "node:crypto";\n\nexport const a = randomBytes;\n',
  },
  useNodejsImportProtocol: { "files-by-old-name.ts": 'import "fs";\n' },
};

export const violations: readonly Violation[] = [
  ...violationsIn("", imports),
  ...violationsIn("packages/engine/src/", impurities),
  ...violationsIn("packages/ensemble/src/", impurities),
];

export const innocent: Files = {
  "packages/sdk/src/private.ts": "/** @private */\nexport const a = 1;\n",
  "packages/sdk/src/front-door.ts": 'import "@mycroft/engine";\nimport "./a/sibling.ts";\n',
  "packages/sdk/src/a/sibling.ts": 'import "../index.ts";\n',
  "packages/cli/src/second-doors.ts":
    'import "@mycroft/record/text";\nimport "@mycroft/server/operations";\n',
  "packages/cli/src/record.test.ts": 'import "@mycroft/record/testing";\n',
  "packages/sdk/src/clock.ts": "export const a = [Date.now(), Math.random(), new Date()];\n",
  "packages/sdk/bin/start.js": 'import "../src/index.ts";\n',
  "packages/embedded/src/store.test.ts": 'import "node:fs";\nimport "@mycroft/runtime/contracts";\n',
  "packages/engine/src/hash.ts": 'import { hash } from "node:crypto";\n\nexport const a = hash;\n',
  "packages/engine/src/random.test.ts": 'import "node:fs";\n\nexport const a = Math.random();\n',
  "packages/ensemble/src/dates.ts": 'export const a = [new Date("2010-03-01"), Date.UTC(2010, 2, 1)];\n',
  "packages/runtime/src/contracts/store-contract.ts": 'import "fast-check";\nimport "node:test";\n',
  "bench/store/program.ts": 'import "@mycroft/engine";\n',
  "examples/program.ts": 'import "@mycroft/engine";\n',
  "tests/whole.test.ts": 'import "@mycroft/errors";\n',
  "packages/left/package.json": manifestOf("left", "right"),
  "packages/right/package.json": manifestOf("right", "left"),
};

function violationsIn(
  folder: string,
  codeByRule: Readonly<Record<string, CodeByPath>>,
): readonly Violation[] {
  return Object.entries(codeByRule).flatMap(([rule, codeByPath]) =>
    Object.entries(codeByPath).map(([path, code]) => ({ rule, path: `${folder}${path}`, code })),
  );
}

function manifestOf(name: string, dependency: string): string {
  const manifest = {
    name: `@mycroft/${name}`,
    exports: "./src/index.ts",
    dependencies: { [`@mycroft/${dependency}`]: "0.1.0" },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
