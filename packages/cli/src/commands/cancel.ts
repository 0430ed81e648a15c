/**
 * `mycroft cancel RUN`: cancels a run that an interrupted command left behind. A run is under way only while a process
 * holds the store, and that process alone can end it.
 */
import { MycroftError } from "@mycroft/errors";
import { findRun } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { cancelRun } from "../host/cancel-run.ts";
import { readRecordIn } from "../host/read-record.ts";
import { findRecordFolder } from "../project/open-project.ts";
import { readArgument, readText } from "../read-options.ts";

export async function execute({ arguments: given, options, terminal }: Invocation): Promise<number> {
  const folder = await findRecordFolder(options);
  const { runId, status } = await readRecordIn(folder, (store) => findRun(store, readArgument(given, "run")));
  const reason = readText(options, "reason") ?? "cancelled on the command line";
  const isCancelled = status === "running" && (await cancelOnce(folder, runId, reason));
  const { status: now } = await readRecordIn(folder, (store) => findRun(store, runId));
  if (terminal.json) terminal.printJson({ runId, cancelled: isCancelled, status: now });
  else if (isCancelled) terminal.print(`Run ${runId} is cancelled: ${reason}.`);
  else
    terminal.print(
      `Run ${runId} ${now === "cancelled" ? "was" : "has"} ${now} already; there is nothing to cancel.`,
    );
  return isCancelled ? 0 : 1;
}

async function cancelOnce(folder: string, runId: string, reason: string): Promise<boolean> {
  try {
    return await cancelRun(folder, runId, reason);
  } catch (thrown) {
    if (!(thrown instanceof MycroftError) || thrown.code !== "STORE_LOCKED") throw thrown;
    const { message, details } = thrown;
    throw new MycroftError(
      "STORE_LOCKED",
      `${message} To cancel run ${runId}, stop that process first (Ctrl-C there), then cancel.`,
      { ...(details === undefined ? {} : { details }), cause: thrown },
    );
  }
}
