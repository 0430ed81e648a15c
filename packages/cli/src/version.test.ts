import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readCodeVersion, readCommit, readVersion } from "./version.ts";

const folder = mkdtempSync(join(tmpdir(), "mycroft-version-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const [one, two] = ["1".repeat(40), "2".repeat(40)];

function write(path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
}

test("the commit is read from .git: a detached head, a loose ref, a packed ref, a linked working tree", () => {
  write("detached/.git/HEAD", `${one}\n`);
  write("loose/.git/HEAD", "ref: refs/heads/main\n");
  write("loose/.git/refs/heads/main", `${one}\n`);
  write("loose/.git/packed-refs", `${two} refs/heads/main\n`);
  write("packed/.git/HEAD", "ref: refs/heads/a/b\n");
  write("packed/.git/packed-refs", `# pack-refs\n${two} refs/heads/a\n${one} refs/heads/a/b\n^${two}\n`);
  write("packed/worktrees/w/HEAD", "ref: refs/heads/a/b\n");
  write("packed/worktrees/w/commondir", "../../.git\n");
  write("linked/.git", "gitdir: ../packed/worktrees/w\n");
  for (const name of ["detached", "loose", "packed", "linked"])
    assert.equal(readCommit(join(folder, name)), one, name);
  mkdirSync(join(folder, "loose/deep/er"), { recursive: true });
  assert.equal(readCommit(join(folder, "loose/deep/er")), one, "from further down");
});

test("without a checkout, or with a damaged one, the version stands alone", () => {
  write("damaged/.git/HEAD", "nonsense\n");
  write("unborn/.git/HEAD", "ref: refs/heads/main\n");
  for (const name of ["damaged", "unborn"]) assert.equal(readCommit(join(folder, name)), null, name);
  assert.equal(readCodeVersion(join(folder, "damaged")), readVersion());
  assert.equal(readCodeVersion(join(folder, "loose")), `${readVersion()}+${one.slice(0, 12)}`);
});
