/** `mycroft backfill resume ID`: goes on with a backfill that was interrupted. */
import type { Invocation } from "../command.ts";
import { readArgument } from "../read-options.ts";
import { runBackfill } from "../schedule/run-backfill.ts";

export async function execute(invocation: Invocation): Promise<number> {
  return runBackfill({ kind: "resume", id: readArgument(invocation.arguments, "id") }, invocation);
}
