/** Answers the tasks that wait for somebody (E8, E9), a while after it is durable that they do. */
import { allSteps, describeTasks } from "@mycroft/engine";
import type { ErrorCode } from "@mycroft/errors";
import type { Signal } from "../../check-answer.ts";
import { type DurableRun, isSettled } from "../durable-runs.ts";
import { answerDelayMs, approvalOf, mannerOf, otherApproval, signalOf } from "../people.ts";
import type { ScenarioLetter } from "../scenario.ts";
import { ask } from "./ask.ts";
import type { ClientOptions, OwedSignal } from "./outside.ts";

/** Goes on as long as the process lives. */
export function answerWaits(options: ClientOptions): void {
  const { witness, memory } = options;
  const seen = new Set<string>();
  const look = (run: DurableRun) => {
    if (isSettled(run) || !hasWaits(run)) return;
    for (const { id, waitsFor, dueAt } of describeTasks(run.state)) {
      const { runId } = run.header;
      const name = `${runId}/${id}`;
      if (waitsFor === undefined || seen.has(name)) continue;
      seen.add(name);
      const hasDeadline = dueAt !== undefined;
      if (waitsFor.kind === "approval") {
        answerLater(options, runId, id, hasDeadline, () => approve(options, run, id));
      } else oweSignal(options, { ...waitsFor, runId, task: id, hasDeadline });
    }
  };
  for (const owed of memory.owed.values()) {
    seen.add(`${owed.runId}/${owed.task}`);
    payLater(options, owed);
  }
  for (const run of witness.durable.all()) look(run);
  witness.onStored(look);
}

function hasWaits({ state }: DurableRun): boolean {
  for (const { status } of state.tasks.values()) {
    if (status === "waitingForApproval" || status === "waitingForSignal") return true;
  }
  return false;
}

function oweSignal(options: ClientOptions, owed: OwedSignal): void {
  options.memory.owed.set(`${owed.runId}/${owed.task}`, owed);
  payLater(options, owed);
}

function payLater(options: ClientOptions, owed: OwedSignal): void {
  const { runId, task, hasDeadline } = owed;
  answerLater(options, runId, task, hasDeadline, async () => {
    await send(options, owed);
    options.memory.owed.delete(`${runId}/${task}`);
  });
}

function answerLater(
  { scenario, witness, pause }: ClientOptions,
  runId: string,
  task: string,
  hasDeadline: boolean,
  answer: () => Promise<void>,
): void {
  pause(answerDelayMs(scenario.seed, runId, task, hasDeadline))
    .then(answer)
    .catch((thrown: unknown) => witness.accuse("failure", `the answer to ${task}: ${thrown}`));
}

/** What a run that has gone on meanwhile may say. */
const tooLate = ["RUN_SETTLED", "TASK_NOT_WAITING"] as const;

async function approve(options: ClientOptions, run: DurableRun, task: string): Promise<void> {
  const { outside, scenario, witness } = options;
  const { runId } = run.header;
  const approval = approvalOf(scenario.seed, runId, task);
  if (run.state.tasks.get(task)?.status !== "waitingForApproval") return;
  const answer = await ask(options, tooLate, () => outside.decide(runId, approval));
  witness.note(() => `answered  the verdict on ${runId}/${task}: ${JSON.stringify(answer)}`);
  const isMissing = witness.recordsAtOnce && run.approvers.get(task) !== approval.by;
  if ("value" in answer && isMissing) witness.accuse("answered", `the verdict on ${runId}/${task}`);
  const { again } = mannerOf(scenario.seed, runId, task);
  // Of two letters that are on their way at once, either may count.
  if (again === "nothing" || (again === "other" && !witness.recordsAtOnce)) return;
  // Whoever comes second is told so.
  const next = again === "same" ? approval : otherApproval(approval);
  const second = await ask(options, tooLate, () => outside.decide(runId, next));
  if ("value" in second && witness.recordsAtOnce)
    witness.accuse("refused", `a second verdict on ${runId}/${task}`);
}

async function send(options: ClientOptions, owed: OwedSignal): Promise<void> {
  const { scenario, witness } = options;
  const { runId, task } = owed;
  if (isSettled(witness.durable.get(runId))) return;
  const { hasId, again } = mannerOf(scenario.seed, runId, task);
  const signal = signalOf(scenario.seed, runId, owed.signal, owed.key);
  const sent = hasId ? { ...signal, id: `for ${task}` } : signal;
  const sending = sendSignal(options, runId, sent);
  // Once more: at the same moment, or when the first one is answered.
  if (hasId && again === "other") await sendSignal(options, runId, sent);
  await sending;
  if (hasId && again === "same") await sendSignal(options, runId, sent);
}

/** Sends a signal and checks that it is on the disk, once. */
async function sendSignal(options: ClientOptions, runId: string, signal: Signal): Promise<void> {
  const { outside, witness } = options;
  const before = witness.durable.get(runId)?.signals.count ?? 0;
  const isKnown = signal.id !== undefined && witness.durable.get(runId)?.signals.ids.has(signal.id) === true;
  const answer = await ask(options, ["RUN_SETTLED", "SIGNAL_UNKNOWN", "INPUT_INVALID"], () =>
    outside.signal(runId, signal),
  );
  witness.note(() => `answered  signal ${signal.signal} to ${runId}: ${JSON.stringify(answer)}`);
  const run = witness.durable.get(runId);
  if (run === undefined) return;
  const refusal = "refusal" in answer ? answer.refusal : null;
  const isRight = refusal === null || refusal === "RUN_SETTLED" || refusal === misfitOf(run, signal);
  if (!isRight || (refusal === null && misfitOf(run, signal) !== null)) {
    witness.accuse("refused", `signal ${signal.signal}: ${refusal}`);
  }
  if ("refusal" in answer || isSettled(run) || !witness.recordsAtOnce) return;
  const isThere = signal.id === undefined ? run.signals.count > before : run.signals.ids.has(signal.id);
  if (!isThere && !isKnown) witness.accuse("answered", `signal ${signal.signal} to ${runId}`);
}

/** The code for a signal that no step takes: by its name, or for its having a key or none. */
function misfitOf({ state }: DurableRun, { signal, key }: Signal): ErrorCode | null {
  const steps = [...allSteps(state.plan.plan.workflow.steps)];
  const named = steps.filter((step) => step.kind === "waitFor").filter((step) => step.signal === signal);
  if (named.length === 0) return "SIGNAL_UNKNOWN";
  const isTaken = named.some((step) => (step.key === undefined) === (key === undefined));
  return isTaken ? null : "INPUT_INVALID";
}

/** Signals that nobody waits for yet, perhaps: each is kept until somebody does, or refused. */
export async function sendLetters(options: ClientOptions): Promise<void> {
  await Promise.all(options.scenario.letters.map((letter, index) => sendLetter(options, letter, index)));
}

async function sendLetter(options: ClientOptions, letter: ScenarioLetter, index: number): Promise<void> {
  const { until, memory, scenario, witness } = options;
  const request = `letter ${index}`;
  await until(letter.atMs);
  const { run: runId, signal, key } = letter;
  if (memory.answered.has(request) || witness.durable.get(runId) === undefined) return;
  await sendSignal(options, runId, { ...signalOf(scenario.seed, runId, signal, key), id: request });
  memory.answered.add(request);
}
