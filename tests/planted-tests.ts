/** Runs `npm run test:only` on tests that are planted for it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { projectRoot } from "./project-files.ts";

export async function runTests(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly code: unknown; readonly output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "mycroft-test-run-"));
  try {
    for (const [name, code] of Object.entries(files)) await writeFile(join(folder, name), code);
    // Node's runner does nothing within a test of its own, which it tells by this variable.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, [join(projectRoot, "scripts/test.ts"), join(folder, "*.test.ts")], {
      env: { ...env, NO_COLOR: "1", FORCE_COLOR: undefined },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [[code], stdout, stderr] = await Promise.all([
      once(child, "close"),
      text(child.stdout),
      text(child.stderr),
    ]);
    return { code, output: `${stderr}${stdout}` };
  } finally {
    await rm(folder, { recursive: true });
  }
}
