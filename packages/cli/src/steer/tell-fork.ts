/** Says what became of a run that took over what another one had done. */
import type { Invocation } from "../command.ts";
import { nextCommands } from "../text/next-commands.ts";
import { type Steered, tellSteered } from "./steer-run.ts";

const shownTasks = 5;

/** @throws {MycroftError} the code with which the new run failed. */
export function tellFork(
  steered: Steered<"retry" | "fork">,
  { original, word }: { readonly original: string; readonly word: "retries" | "forks" },
  { options, terminal }: Pick<Invocation, "options" | "terminal">,
): void {
  const { runId, from } = steered.value;
  const more = from.length > shownTasks ? ` and ${from.length - shownTasks} more` : "";
  const what =
    from.length === 0 ? "on another input" : `from ${from.slice(0, shownTasks).join(", ")}${more} on`;
  const done = `Run ${runId} ${word} ${original} ${what}.`;
  try {
    tellSteered(
      steered,
      { done, doneJson: { runId, forkedFrom: original, from }, runId },
      { options, terminal },
    );
  } finally {
    for (const line of nextCommands([["diff", original, runId]], options)) terminal.note(`Next: ${line}`);
  }
}
