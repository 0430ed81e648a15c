/**
 * What `npm run check` runs. Lint includes the import boundaries and the purity of engine and ensemble (biome.json);
 * tests/boundaries.test.ts proves that they bite.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface Check {
  readonly name: string;
  /** The tool's own script, seen from the root of the project. */
  readonly script: string;
  readonly args: readonly string[];
}

export interface CheckResult {
  readonly passed: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** A tool's whole output is kept until it ends; one that says more than this is broken anyway. */
const maxOutputBytes = 64 * 1024 * 1024;

export const typesCheck: Check = {
  name: "types",
  script: "node_modules/typescript/bin/tsc",
  args: ["--project", "."],
};

/** The web application has the browser's types, and the others must not. */
export const webTypesCheck: Check = {
  name: "types of the web application",
  script: "node_modules/typescript/bin/tsc",
  args: ["--project", "apps/web"],
};

/** Its tests run on Node, and may use both. */
export const webTestTypesCheck: Check = {
  ...webTypesCheck,
  name: "types of the web application's tests",
  args: ["--project", "apps/web/tsconfig.tests.json"],
};

export const lintCheck: Check = {
  name: "lint, format, import boundaries",
  script: "node_modules/@biomejs/biome/bin/biome",
  args: ["ci", "--error-on-warnings", "--colors=off", "--max-diagnostics=500"],
};

const knip: Omit<Check, "name"> = {
  script: "node_modules/knip/bin/knip.js",
  args: ["--no-progress", "--no-config-hints"],
};

export const checks: readonly Check[] = [
  typesCheck,
  webTypesCheck,
  webTestTypesCheck,
  lintCheck,
  { ...knip, name: "unused code and dependencies" },
  // Without the tests as users of code, so that a module or a dependency that only they use is found.
  {
    ...knip,
    name: "unused code and dependencies of what ships",
    args: [...knip.args, "--production", "--include=files,dependencies,unlisted"],
  },
];

/** Runs a check of this project's tools on the project in `folder`. */
export async function runCheck(
  check: Check,
  folder: string = root,
  moreArgs: readonly string[] = [],
): Promise<CheckResult> {
  const startedAt = performance.now();
  const args = [`${root}${check.script}`, ...check.args, ...moreArgs];
  const outcome = await promisify(execFile)(process.execPath, args, {
    cwd: folder,
    maxBuffer: maxOutputBytes,
  }).then(
    ({ stdout, stderr }) => ({ passed: true, stdout, stderr }),
    (error: unknown) => ({ passed: false, ...outputOf(error) }),
  );
  return { ...outcome, durationMs: performance.now() - startedAt };
}

function outputOf(error: unknown): { readonly stdout: string; readonly stderr: string } {
  if (!(error instanceof Error && "stdout" in error && "stderr" in error)) throw error;
  const output = { stdout: String(error.stdout), stderr: String(error.stderr) };
  // A tool that could not even start has said nothing: the reason is in the error.
  return output.stdout === "" && output.stderr === "" ? { ...output, stderr: error.message } : output;
}
