/** A tablespace on a file system of its own, small and in memory, that can really be full. */
import { spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PostgresServer } from "./postgres-server.ts";

export interface SmallDisk {
  /** The name of the tablespace. */
  readonly tablespace: string;
  /** Leaves no room, until the function that it returns is called. */
  fillUp(): () => void;
  /** To be called when the server has stopped. */
  remove(): void;
}

const size = 64 * 1024 * 1024;

/** Null where mounting is not permitted. */
export async function smallDisk(server: PostgresServer): Promise<SmallDisk | null> {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-disk-"));
  const options = `size=${size}`;
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", options, "mycroft-test", folder]);
  if (mounted.status !== 0) {
    rmdirSync(folder);
    return null;
  }
  if (server.user !== null) chownSync(folder, server.user.uid, server.user.gid);
  await server.query(`CREATE TABLESPACE small LOCATION '${folder}'`);
  return {
    tablespace: "small",
    fillUp: () => {
      const filler = join(folder, "filler");
      fill(filler);
      return () => rmSync(filler);
    },
    remove: () => {
      // Also while somebody is still in it, after a test that failed.
      spawnSync("umount", ["--lazy", folder]);
      rmdirSync(folder);
    },
  };
}

function fill(file: string): void {
  for (let piece = 1024 * 1024; piece >= 512; ) {
    try {
      writeFileSync(file, Buffer.alloc(piece), { flag: "a" });
    } catch {
      piece /= 2;
    }
  }
}
