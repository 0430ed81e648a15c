/** `mycroft up`: keeps running. Exit code 0 when it was told to end and did so in good order. */
import type { Invocation } from "../command.ts";
import { openProject } from "../project/open-project.ts";
import { readWholeNumber } from "../read-options.ts";
import { keepRunning } from "../up/keep-running.ts";

const longestGraceSeconds = 3_600;
const usualGraceSeconds = 30;

export async function execute({ options, terminal }: Invocation): Promise<number> {
  const seconds =
    readWholeNumber(options, "grace", { min: 0, max: longestGraceSeconds }) ?? usualGraceSeconds;
  const open = await openProject(options);
  await keepRunning({ open, invocation: { options, terminal }, graceMs: seconds * 1_000 });
  return 0;
}
