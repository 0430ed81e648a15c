/** A run as the store knows it: read back, folded, ready to be shown, explained, replayed or compared. */
import { fold, type Plan, type RunEvent, type RunState, verifyPlan } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { RunHeader, Store } from "./ports/store.ts";

export interface RunRecord {
  readonly header: RunHeader;
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly state: RunState;
}

/** How far back `latest~N` reaches. */
const maxBack = 999;

/**
 * @param idOrPrefix a run id, the beginning of one, `latest`, or `latest~N` for the N-th run before it (N to 999).
 * @throws {MycroftError} RUN_UNKNOWN when no run, or more than one, fits.
 */
export async function findRun(store: Store, idOrPrefix: string): Promise<RunHeader> {
  const back = /^latest(?:~(\d{1,3}))?$/.exec(idOrPrefix);
  if (back !== null) return findLatest(store, Number(back[1] ?? 0));
  const exact = await store.getRun(idOrPrefix);
  if (exact !== undefined) return exact;
  const { runs } = await store.listRuns({ runIdPrefix: idOrPrefix, limit: 2 });
  const [found, other] = runs;
  if (found !== undefined && other === undefined) return found;
  const message =
    found === undefined
      ? `There is no run ${idOrPrefix}. \`mycroft runs\` lists those there are.`
      : `More than one run begins with ${idOrPrefix}: ${found.runId}, ${other?.runId} ... Give more of the id.`;
  throw new MycroftError("RUN_UNKNOWN", message, { details: { runId: idOrPrefix } });
}

async function findLatest(store: Store, before: number): Promise<RunHeader> {
  const { runs } = await store.listRuns({ limit: Math.min(before, maxBack) + 1 });
  const found = runs[before];
  if (found !== undefined) return found;
  const message = runs.length === 0 ? "There is no run yet." : `There are only ${runs.length} runs.`;
  throw new MycroftError("RUN_UNKNOWN", `${message} \`mycroft runs\` lists those there are.`);
}

/** @throws {MycroftError} RUN_UNKNOWN, PLAN_INVALID (a damaged plan), ARTIFACT_MISSING or ARTIFACT_DAMAGED. */
export async function readRun(store: Store, idOrPrefix: string): Promise<RunRecord> {
  const header = await findRun(store, idOrPrefix);
  const stored = await store.getPlan(header.planHash);
  if (stored === undefined) {
    throw new MycroftError(
      "NOT_FOUND",
      `The plan ${header.planHash} of run ${header.runId} is not in the store.`,
    );
  }
  const plan = verifyPlan(stored);
  const events = await store.readEvents(header.runId);
  return { header, plan, events, state: fold(plan, header.runId, events) };
}
