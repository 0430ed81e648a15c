import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { smallDisk } from "../testing/small-disk.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { creation } from "./sample-run.ts";

test("a disk that cannot be written to: STORE_IO says so, to those who read and to those who write", async (context) => {
  const disk = smallDisk(context, 4);
  if (disk === undefined) return;
  const folder = join(disk, "store");
  const store = await openSqliteStore({ folder });
  await store.append([creation("kept")]);
  await store.close();
  assert.equal(spawnSync("mount", ["-o", "remount,ro", disk]).status, 0);
  for (const readOnly of [true, false]) {
    await assert.rejects(openSqliteStore({ folder, readOnly }), {
      code: "STORE_IO",
      message: /the folder cannot be written to, which even reading needs\. .*copy it/u,
    });
  }
  await assert.rejects(openSqliteStore({ folder: join(disk, "new") }), {
    code: "STORE_IO",
    message: /EROFS.* or keep the record in another folder\.$/u,
  });
  assert.equal(spawnSync("mount", ["-o", "remount,rw", disk]).status, 0);
  const again = await openSqliteStore({ folder });
  assert.equal((await again.readEvents("kept")).length, 1);
  await again.close();
});
