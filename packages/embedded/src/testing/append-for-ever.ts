/**
 * A process that can be killed: opens the store in the folder of its first argument and appends to the run `run` for
 * ever, one event after another, each until it is stored. Writes `+` for one that was stored and `-` for one that was
 * refused for a reason that may pass; ends with exit code 1 on anything else.
 */
import { writeSync } from "node:fs";
import { MycroftError } from "@mycroft/errors";
import type { RunAppend, Store } from "@mycroft/runtime";
import { openSqliteStore } from "../sqlite-store/open-sqlite-store.ts";
import { creation, succeeded } from "../sqlite-store/sample-run.ts";

const [folder = ""] = process.argv.slice(2);
const store = await openSqliteStore({ folder, inlineEventBytes: 20_000 });
let seq = (await store.getRun("run"))?.events ?? 0;
if (seq === 0) await append(store, creation("run"));
for (seq = Math.max(1, seq); ; seq += 1) {
  // Now and then one that goes into a file of its own.
  const size = seq % 50 === 0 ? 30_000 : (seq * 37) % 6_000;
  await append(store, { runId: "run", fromSeq: seq, events: [succeeded(`${seq}`, "x".repeat(size))] });
}

async function append(store: Store, append: RunAppend): Promise<void> {
  for (;;) {
    try {
      const [outcome] = await store.append([append]);
      if (outcome !== "stored") throw new Error(`Event ${append.fromSeq}: ${outcome}`);
      writeSync(1, "+");
      return;
    } catch (thrown) {
      if (!(thrown instanceof MycroftError && thrown.retryable)) throw thrown;
      writeSync(1, "-");
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
