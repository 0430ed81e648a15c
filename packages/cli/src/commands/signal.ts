/** `mycroft signal RUN NAME`: tells a run what it waits for, or will (E9). */
import type { JsonValue } from "@mycroft/engine";
import type { Invocation } from "../command.ts";
import { readInput } from "../project/read-input.ts";
import { readArgument, readText } from "../read-options.ts";
import { findRunId, steerRun, tellSteered } from "../steer/steer-run.ts";

export async function execute(invocation: Invocation): Promise<number> {
  const { arguments: given, options } = invocation;
  const data = readText(options, "data");
  // JSON that has been parsed is JSON.
  const payload = (data === undefined ? null : await readInput(data, { name: "--data" })) as JsonValue;
  const runId = await findRunId(readArgument(given, "run"), options);
  const signal = readArgument(given, "name");
  const key = readText(options, "key");
  const id = readText(options, "id");
  const told = { signal, ...(key === undefined ? {} : { key }), ...(id === undefined ? {} : { id }) };
  const steered = await steerRun(
    { name: "signal", input: { runId, ...told, payload }, runOf: () => runId },
    invocation,
  );
  const about = key === undefined ? "" : ` with the key ${key}`;
  const done = `Sent the signal ${signal}${about} to run ${runId}.`;
  tellSteered(steered, { done, doneJson: { runId, ...told }, runId }, invocation);
  return 0;
}
