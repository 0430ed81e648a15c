/**
 * A process that opens the store in the folder of its first argument for writing, and closes it again; it waits for a line on
 * its input before, and dies of the first write beyond its limit on the size of files.
 */
import { readSync, writeSync } from "node:fs";
import { openSqliteStore } from "../sqlite-store/open-sqlite-store.ts";
import { dieOfLargeFiles } from "./file-faults.ts";

const [folder = ""] = process.argv.slice(2);
dieOfLargeFiles();
writeSync(1, "ready\n");
readSync(0, Buffer.alloc(100));
const store = await openSqliteStore({ folder, retentionDays: Number.POSITIVE_INFINITY });
writeSync(1, "open\n");
await store.close();
