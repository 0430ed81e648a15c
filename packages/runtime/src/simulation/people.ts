/**
 * The people and programs outside: what they say to a task that waits for them, and when. What they say depends on the task
 * alone (a signal's payload on its name and key), so that the end of a run does not depend on time.
 */
import type { JsonValue, Verdict } from "@mycroft/engine";
import type { Approval, Signal } from "../check-answer.ts";
import { originalOf } from "./run-names.ts";
import { hashOf, SeededRandom } from "./seeded-random.ts";

const names = ["ada", "grace"] as const;

export type GivenApproval = Approval & { readonly task: string };

/** The verdict on what a task has asked for. */
export function approvalOf(seed: number, runId: string, task: string): GivenApproval {
  const random = randomOf(seed, `approval ${originalOf(runId)}/${task}`);
  const verdict: Verdict = random.chance(0.7) ? "approve" : "reject";
  const comment = random.chance(0.3) ? { comment: `of ${task}` } : {};
  return { task, verdict, by: random.pick(names), ...comment };
}

/** What somebody else says, who comes second: it must not count. */
export function otherApproval({ task, verdict, by }: GivenApproval): GivenApproval {
  return {
    task,
    verdict: verdict === "approve" ? "reject" : "approve",
    by: by === names[0] ? names[1] : names[0],
  };
}

/** The signals of one name and key all say the same: which of them a task takes makes no difference. */
export function signalOf(seed: number, runId: string, signal: string, key: string | null): Signal {
  const of = hashOf(`signal ${originalOf(runId)} ${signal} ${key}`, seed);
  const list: readonly JsonValue[] = [of % 7, of % 3];
  const payload = { signal, of, size: of % 4, list };
  return { signal, payload, ...(key === null ? {} : { key }) };
}

/** Longer than any deadline of a wait. */
const tooLateMs = 7_200_000;

/** How long a task waits for its answer. Where there is a deadline, some answers come long after it. */
export function answerDelayMs(seed: number, runId: string, task: string, hasDeadline: boolean): number {
  const random = randomOf(seed, `delay ${runId}/${task}`);
  if (hasDeadline && random.chance(0.3)) return tooLateMs;
  return random.below(random.pick([1, 2_000, 40_000, 600_000]));
}

/** How somebody goes about an answer. */
export interface Manner {
  /** The signal has an id, and is sent again under it. */
  readonly hasId: boolean;
  /** Whether something is said once more: the same, or by somebody else. */
  readonly again: "nothing" | "same" | "other";
}

export function mannerOf(seed: number, runId: string, task: string): Manner {
  const random = randomOf(seed, `manner ${runId}/${task}`);
  return { hasId: random.chance(0.6), again: random.pick(["nothing", "nothing", "same", "other"]) };
}

function randomOf(seed: number, purpose: string): SeededRandom {
  return new SeededRandom(hashOf(purpose, seed));
}
