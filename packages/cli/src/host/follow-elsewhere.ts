/** Waits for a run that another process works on, which holds the store. */
import { MycroftError } from "@mycroft/errors";
import { readStanding } from "@mycroft/record";
import type { Invocation } from "../command.ts";
import { askHolder } from "../control/control-client.ts";
import type { HolderMark } from "../control/control-protocol.ts";
import { Interrupted } from "../interrupted.ts";
import { nextCommands } from "../text/next-commands.ts";
import { followRun } from "./follow-run.ts";
import { watchForInterruption } from "./interruption.ts";
import { readFolder } from "./read-record.ts";

export interface Followed {
  readonly recordFolder: string;
  readonly runId: string;
  readonly holder: HolderMark;
  readonly invocation: Pick<Invocation, "options" | "terminal">;
}

/**
 * @throws {MycroftError} RUN_NOT_SETTLED when that process ends before; the codes of reading the record.
 * @throws {Interrupted} when a signal came; the run goes on.
 */
export async function followElsewhere(followed: Followed): Promise<void> {
  const { recordFolder, runId, holder, invocation } = followed;
  const { options, terminal } = invocation;
  const stop = Promise.withResolvers<"stop">();
  const interruption = watchForInterruption({ onFirst: () => stop.resolve("stop") });
  terminal.progress(`Process ${holder.pid} works on run ${runId} ...`);
  try {
    const ended = await readFolder(recordFolder, (store) =>
      followRun({
        ...{ store, runId, invocation, stop: stop.promise, now: Date.now },
        checkWorkers: async () => {
          if (await isThere(recordFolder)) return;
          // It may have settled in the meantime.
          if ((await readStanding(store, runId)).kind !== "settled") throw left(followed);
        },
      }),
    );
    if (ended === "ended") return;
    const [show = ""] = nextCommands([["show", runId]], options);
    terminal.note(`Process ${holder.pid} goes on with run ${runId}; \`${show}\` shows how it comes along.`);
    throw new Interrupted(interruption.exitCode ?? 1);
  } finally {
    terminal.progress("");
    interruption.stop();
  }
}

async function isThere(recordFolder: string): Promise<boolean> {
  try {
    return (await askHolder(recordFolder, { operation: "listPools", input: {} })) !== null;
  } catch {
    // It is there, and busy.
    return true;
  }
}

function left({ runId, holder }: Followed): MycroftError {
  return new MycroftError(
    "RUN_NOT_SETTLED",
    `Process ${holder.pid}, which worked on run ${runId}, has ended before the run had; the next command that runs something ` +
      "resumes it.",
    { details: { runId, pid: holder.pid } },
  );
}
