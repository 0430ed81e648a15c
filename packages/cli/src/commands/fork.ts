/** `mycroft fork RUN`: does a part of a run again, as a new run, with something changed; the original stays as it is. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { Invocation } from "../command.ts";
import { readInput } from "../project/read-input.ts";
import { readArgument, readList, readText, statedOnce } from "../read-options.ts";
import { findRunId, steerRun } from "../steer/steer-run.ts";
import { tellFork } from "../steer/tell-fork.ts";

export async function execute(invocation: Invocation): Promise<number> {
  const { arguments: given, options } = invocation;
  const from = readList(options, "from");
  const stated = await readStated(readList(options, "set"));
  const text = readText(options, "input");
  if (from.length === 0 && text === undefined && Object.keys(stated).length === 0) {
    throw new MycroftError(
      "USAGE",
      "Say what is to be different: --from TASK does a task and all that follows again, --input gives another input, " +
        "--set TASK=JSON states what a task gave.",
    );
  }
  // JSON that has been parsed is JSON.
  const input = text === undefined ? {} : { input: (await readInput(text)) as JsonValue };
  const runId = await findRunId(readArgument(given, "run"), options);
  const fork = { runId, from: [...from], ...input, ...(Object.keys(stated).length === 0 ? {} : { stated }) };
  const steered = await steerRun({ name: "fork", input: fork, runOf: (value) => value.runId }, invocation);
  tellFork(steered, { original: runId, word: "forks" }, invocation);
  return 0;
}

/** `TASK=JSON` as an object. The JSON may be `@file`; a task's id holds no `=`. */
async function readStated(given: readonly string[]): Promise<Readonly<Record<string, JsonValue>>> {
  const stated: (readonly [string, JsonValue])[] = [];
  for (const text of given) {
    const end = text.indexOf("=");
    const [task, value] = [text.slice(0, end), text.slice(end + 1)];
    if (end < 1 || value === "") {
      throw new MycroftError(
        "USAGE",
        `--set is ${JSON.stringify(text)}; it must be TASK=JSON, such as review={"ok":true}.`,
        {
          details: { option: "--set", value: text },
        },
      );
    }
    stated.push([task, (await readInput(value, { name: `--set ${task}` })) as JsonValue]);
  }
  return Object.fromEntries(statedOnce("set", stated));
}
