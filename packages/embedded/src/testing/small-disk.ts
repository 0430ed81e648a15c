/** A file system of its own, small and in memory, that can really be full. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** Where it is mounted, until the test is over; undefined, and the test skipped, where mounting is not permitted. */
export function smallDisk(
  context: Pick<TestContext, "after" | "skip">,
  mebibytes: number,
): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "mycroft-test", folder]);
  const isMounted = mounted.status === 0;
  context.after(() => {
    // Also while somebody is still in it, after a test that failed.
    if (isMounted) spawnSync("umount", ["--lazy", folder]);
    rmdirSync(folder);
  });
  if (isMounted) return folder;
  context.skip(`cannot mount a tmpfs: ${mounted.stderr?.toString().trim() || mounted.error?.message}`);
  return undefined;
}
