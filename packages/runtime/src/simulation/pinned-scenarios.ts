/**
 * Scenarios that once found a defect, kept as data, one a line in `pinned-scenarios.jsonl`: seeds mean other scenarios
 * whenever the generator changes. `npm run simulate` prints the line that pins a failing seed, cut down.
 */
import { readFile } from "node:fs/promises";
import type { Scenario } from "./scenario.ts";

export interface PinnedScenario {
  /** What it found. */
  readonly found: string;
  readonly scenario: Scenario;
}

const place = new URL("pinned-scenarios.jsonl", import.meta.url);

export async function pinnedScenarios(): Promise<readonly PinnedScenario[]> {
  const lines = (await readFile(place, "utf8")).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as PinnedScenario);
}
