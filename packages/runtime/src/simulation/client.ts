/**
 * Everybody who uses a process from outside: they start the runs that are not there yet, answer what waits for them, cancel,
 * fork, ask for the impossible, and wait for every run's end. Each answer is checked against the disk.
 */
import { answerWaits, sendLetters } from "./clients/answer-waits.ts";
import { cancelRuns } from "./clients/cancel-runs.ts";
import { forkRuns } from "./clients/fork-runs.ts";
import { intrude } from "./clients/intrude.ts";
import type { ClientOptions } from "./clients/outside.ts";
import { startRuns } from "./clients/start-runs.ts";
import { useBackfill } from "./clients/use-backfill.ts";
import { useSchedule } from "./clients/use-schedule.ts";

/** Resolves when everything that was to be asked for is answered, and every run has settled. */
export async function useProcess(options: ClientOptions): Promise<void> {
  answerWaits(options);
  await Promise.all([
    startRuns(options),
    cancelRuns(options),
    sendLetters(options),
    forkRuns(options),
    intrude(options),
    useSchedule(options),
    useBackfill(options),
  ]);
  await waitForEnds(options);
}

async function waitForEnds({ outside, witness }: ClientOptions): Promise<void> {
  const told = new Set<string>();
  const openRuns = () =>
    Array.from(witness.durable.all(), ({ header }) => header.runId).filter((runId) => !told.has(runId));
  for (let open = openRuns(); open.length > 0; open = openRuns()) {
    await Promise.all(
      open.map(async (runId) => {
        const { status } = await outside.waitFor(runId);
        witness.hasSettled(runId, status);
        told.add(runId);
      }),
    );
  }
}
