import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { findServer, installCommands, missingServer } from "./find-server.ts";

const unixOnly = process.platform === "win32" && "no server is started on Windows";

describe("finding a server", { skip: unixOnly }, () => {
  let root: string;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "mycroft-find-")));
  });

  afterEach(() => rm(root, { recursive: true }));

  async function plant(path: string, mode = 0o755): Promise<string> {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, "");
    await chmod(file, mode);
    return file;
  }

  function findOn(kind: "postgres" | "redis", ...folders: readonly string[]): string | null {
    return findServer(kind, { PATH: folders.map((folder) => join(root, folder)).join(":") });
  }

  test("takes the first on the path that may be run", async () => {
    await plant("a/redis-server", 0o644);
    const wanted = await plant("b/redis-server");
    await plant("c/redis-server");
    assert.equal(findOn("redis", "none", "a", "b", "c"), wanted);
    assert.equal(findOn("redis", "none", "a"), null);
  });

  test("follows a link to one of Postgres's programs to all of them", async () => {
    const wanted = await plant("17/bin/postgres");
    const initdb = await plant("17/bin/initdb");
    await mkdir(join(root, "links"));
    await symlink(initdb, join(root, "links/initdb"));
    assert.equal(findOn("postgres", "links"), wanted);
  });

  test("does not take a folder for a Postgres that only has its clients", async () => {
    await plant("clients/psql");
    await plant("half/initdb");
    const wanted = await plant("whole/postgres");
    await plant("whole/initdb");
    assert.equal(findOn("postgres", "clients", "half", "whole"), wanted);
  });

  test("an empty path finds nothing in the working directory", () => {
    assert.equal(findServer("redis", { PATH: "" }), null);
    assert.equal(findServer("redis", {}), null);
  });

  test("says how to have one, for Debian and for macOS", () => {
    assert.match(
      missingServer("postgres"),
      /no Postgres .*apt-get install postgresql .*brew install postgresql@/,
    );
    assert.match(
      installCommands("postgres", "redis"),
      /apt-get install postgresql redis-server .*brew install .* redis/,
    );
  });
});
