/** What a run waits for, in words, with the command that answers it. */

import type { RunWait } from "@mycroft/record";
import { jsonBrief, printable, timeText } from "@mycroft/record/text";
import type { Invocation } from "../command.ts";
import { nextCommands } from "../text/next-commands.ts";

const shownWaits = 10;
const shownCharacters = 300;

/** `for a verdict on sign-off, until 2026-01-05 12:00:00 UTC`. */
export function waitText(wait: RunWait): string {
  const until = wait.until === null ? "" : timeText(wait.until);
  switch (wait.kind) {
    case "approval":
      return `for a verdict on ${wait.task}${until === "" ? "" : `, until ${until}`}`;
    case "signal": {
      const key = wait.key === null ? "" : ` with the key ${printable(wait.key)}`;
      return `for the signal ${wait.signal}${key} (${wait.task})${until === "" ? "" : `, until ${until}`}`;
    }
    case "time":
      return `until ${until} ${wait.isRetry ? `to try ${wait.task} again` : `(${wait.task})`}`;
  }
}

/** The command that answers it; null when time alone does. */
export function answerTo(wait: RunWait, options: Invocation["options"]): string | null {
  const [command = null] = nextCommands(wordsTo(wait), options);
  // What the signal has to say is for the sender to fill in: no word of a shell.
  return command !== null && wait.kind === "signal" && wait.takesData ? `${command} --data JSON` : command;
}

/** A few lines for each of them. */
export function waitLines(waits: readonly RunWait[], options: Invocation["options"]): readonly string[] {
  const lines = waits.slice(0, shownWaits).flatMap((wait) => {
    const command = answerTo(wait, options);
    const shown = wait.kind === "approval" && wait.shown !== null ? [wait.shown] : [];
    return [
      waitText(wait),
      ...shown.map((value) => `  on ${printable(jsonBrief(value, shownCharacters))}`),
      ...(command === null ? [] : [`  ${command}`]),
    ];
  });
  const more = waits.length - shownWaits;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

export function waitJson(wait: RunWait, options: Invocation["options"]) {
  const { until, ...rest } = wait;
  return {
    ...rest,
    until: until === null ? null : new Date(until).toISOString(),
    answerWith: answerTo(wait, options),
  };
}

function wordsTo(wait: RunWait): readonly (readonly string[])[] {
  switch (wait.kind) {
    case "approval":
      return [["approve", wait.runId, wait.task]];
    case "signal":
      return [["signal", wait.runId, wait.signal, ...(wait.key === null ? [] : ["--key", wait.key])]];
    case "time":
      return [];
  }
}
