/** `mycroft retry RUN`: does again what failed in a run, as a new run. */
import type { Invocation } from "../command.ts";
import { readArgument } from "../read-options.ts";
import { findRunId, steerRun } from "../steer/steer-run.ts";
import { tellFork } from "../steer/tell-fork.ts";

export async function execute(invocation: Invocation): Promise<number> {
  const { arguments: given, options } = invocation;
  const runId = await findRunId(readArgument(given, "run"), options);
  const steered = await steerRun(
    { name: "retry", input: { runId }, runOf: (value) => value.runId },
    invocation,
  );
  tellFork(steered, { original: runId, word: "retries" }, invocation);
  return 0;
}
