/** A run as the store knows it: read back, folded, ready to be shown, explained, replayed or compared. */
import { fold, type Plan, type RunEvent, type RunState, verifyPlan } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { RunHeader, RunQuery, Store } from "./ports/store.ts";

export interface RunRecord {
  readonly header: RunHeader;
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly state: RunState;
}

/**
 * @param idOrPrefix a run id, the beginning of one, `latest`, or `latest~N` for the N-th run before it (N to 999); child
 *   runs do not count among the latest.
 * @throws {MycroftError} RUN_UNKNOWN when no run, or more than one, fits.
 */
export async function findRun(store: Store, idOrPrefix: string): Promise<RunHeader> {
  const back = /^latest(?:~(\d{1,3}))?$/.exec(idOrPrefix);
  if (back !== null) return findLatest(store, Number(back[1] ?? 0));
  const exact = await store.getRun(idOrPrefix);
  if (exact !== undefined) return exact;
  const [found, other] = await beginningWith(store, idOrPrefix);
  if (found !== undefined && other === undefined) return found;
  const message =
    found === undefined
      ? `There is no run ${idOrPrefix}. \`mycroft runs\` lists those there are.`
      : `More than one run begins with ${idOrPrefix}: ${found.runId}, ${other?.runId} ... Give more of the id.`;
  throw new MycroftError("RUN_UNKNOWN", message, { details: { runId: idOrPrefix } });
}

/** The first two runs whose ids begin so. A run's children begin as it does, and are meant only when it is not there. */
async function beginningWith(store: Store, runIdPrefix: string): Promise<readonly RunHeader[]> {
  const own: RunHeader[] = [];
  for await (const header of ownRuns(store, { runIdPrefix })) {
    own.push(header);
    if (own.length === 2) return own;
  }
  return own.length > 0 ? own : (await store.listRuns({ runIdPrefix, limit: 2 })).runs;
}

async function findLatest(store: Store, before: number): Promise<RunHeader> {
  let found = 0;
  for await (const header of ownRuns(store)) {
    if (found === before) return header;
    found += 1;
  }
  if (found === 0)
    throw new MycroftError("RUN_UNKNOWN", "There is no run yet; `mycroft start` makes the first one.");
  const message = found === 1 ? "There is only 1 run." : `There are only ${found} runs.`;
  throw new MycroftError("RUN_UNKNOWN", `${message} \`mycroft runs\` lists those there are.`);
}

const pageSize = 100;

/** The runs that are nobody's child, the newest first. */
export async function* ownRuns(
  store: Store,
  query: Omit<RunQuery, "limit" | "parentRunId"> = {},
): AsyncIterable<RunHeader> {
  let cursor: string | null | undefined = query.cursor;
  while (cursor !== null) {
    const page = await store.listRuns({
      ...{ ...query, parentRunId: null, limit: pageSize },
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield* page.runs;
    cursor = page.nextCursor;
  }
}

/** @throws {MycroftError} RUN_UNKNOWN, PLAN_INVALID (a damaged plan), ARTIFACT_MISSING or ARTIFACT_DAMAGED. */
export async function readRun(store: Store, idOrPrefix: string): Promise<RunRecord> {
  const header = await findRun(store, idOrPrefix);
  const plan = await readRunPlan(store, header);
  const events = await store.readEvents(header.runId);
  return { header, plan, events, state: fold(plan, header.runId, events) };
}

/** @throws {MycroftError} NOT_FOUND; PLAN_INVALID (a damaged plan). */
export async function readRunPlan(
  store: Pick<Store, "getPlan">,
  { runId, planHash }: Pick<RunHeader, "runId" | "planHash">,
): Promise<Plan> {
  const stored = await store.getPlan(planHash);
  if (stored !== undefined) return verifyPlan(stored);
  throw new MycroftError("NOT_FOUND", `The plan ${planHash} of run ${runId} is not in the store.`);
}
