/** Folders and snapshots of folders, for tests. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A new folder that is gone after the test. */
export function temporaryFolder(context: Pick<TestContext, "after">): string {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-store-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Every path below a folder, with the bytes of files in base64. */
export function snapshotOf(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path, entry.isFile() ? readFileSync(path).toString("base64") : "folder"] as const;
      })
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
