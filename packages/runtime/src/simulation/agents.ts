/**
 * Agents of every kind: steady, slow, flaky, broken, hanging, silent. What an attempt comes to depends on which attempt of
 * which task it is and on its input, and never on when or how often it is executed.
 */
import type { JsonValue } from "@mycroft/engine";
import type { AttemptOutcome, AttemptRequest } from "../ports/gateway.ts";
import { originalOf } from "./run-names.ts";
import { hashOf, SeededRandom } from "./seeded-random.ts";

export const someAgents = ["steady", "slow", "flaky", "broken", "hanging", "moody"] as const;

/** Of what an agent looks at to decide what it does. */
export type Task = Pick<
  AttemptRequest,
  "runId" | "task" | "attempt" | "target" | "input" | "timeoutMs" | "heartbeatTimeoutMs"
>;

export interface Behaviour {
  /** What it answers; null when it never does in time. */
  readonly outcome: AttemptOutcome | null;
  /** Infinity when it never answers; beyond the timeout when it answers too late. */
  readonly afterMs: number;
  /** How often it gives a heartbeat; null when it is silent. */
  readonly beatsEveryMs: number | null;
  /** Whether it stops when it is told to. */
  readonly heedsAbort: boolean;
}

interface Character {
  readonly fails: number;
  readonly refuses: number;
  readonly hangs: number;
  readonly slow: number;
}

const characters: Readonly<Record<string, Character>> = {
  steady: { fails: 0, refuses: 0, hangs: 0, slow: 0 },
  slow: { fails: 0.05, refuses: 0, hangs: 0.02, slow: 1 },
  flaky: { fails: 0.4, refuses: 0, hangs: 0, slow: 0.2 },
  broken: { fails: 0.7, refuses: 0.3, hangs: 0, slow: 0 },
  hanging: { fails: 0, refuses: 0, hangs: 0.5, slow: 0.2 },
  moody: { fails: 0.15, refuses: 0.05, hangs: 0.1, slow: 0.4 },
};
const steady = { fails: 0, refuses: 0, hangs: 0, slow: 0 };

export function behaviourOf(seed: number, task: Task): Behaviour {
  const character = characters[task.target.name] ?? steady;
  const random = new SeededRandom(hashOf(`${originalOf(task.runId)}/${task.task}#${task.attempt}`, seed));
  const heedsAbort = random.chance(0.7);
  const soonMs = random.chance(character.slow) ? random.below(task.timeoutMs * 0.9) : random.below(50);
  const luck = random.next();
  const isLate = luck < character.hangs && random.chance(0.4);
  const beatsEveryMs = heartbeat(task, random);
  const lateMs = isLate ? task.timeoutMs * 1.5 : Number.POSITIVE_INFINITY;
  if (luck < character.hangs) return { outcome: null, afterMs: lateMs, beatsEveryMs, heedsAbort };
  const silentMs = beatsEveryMs === null ? task.heartbeatTimeoutMs : null;
  if (silentMs !== null && soonMs >= silentMs) {
    return { outcome: null, afterMs: silentMs + soonMs, beatsEveryMs, heedsAbort };
  }
  return { outcome: outcomeOf(task, random, character, luck), afterMs: soonMs, beatsEveryMs, heedsAbort };
}

/** The code of the failure that an attempt without an outcome ends with (E4). */
export function lateCodeOf({ beatsEveryMs }: Behaviour, { heartbeatTimeoutMs }: Task): string {
  return heartbeatTimeoutMs === null || beatsEveryMs !== null ? "ATTEMPT_TIMED_OUT" : "HEARTBEAT_TIMED_OUT";
}

/** What nobody was asked for: an agent's lie, or what it says when it is stopped. */
export function strayOutcome(text: string): AttemptOutcome {
  return { ok: true, output: { stray: text, size: 99, list: [99] }, version: "0" };
}

export function failure(code: string, retryable: boolean): AttemptOutcome {
  return { ok: false, error: { code, message: `simulated ${code}`, retryable } };
}

/** Often enough for a timeout that is met by half. */
function heartbeat({ heartbeatTimeoutMs }: Task, random: SeededRandom): number | null {
  if (heartbeatTimeoutMs === null) return null;
  return random.chance(0.6) ? heartbeatTimeoutMs / 2 : null;
}

function outcomeOf(task: Task, random: SeededRandom, character: Character, luck: number): AttemptOutcome {
  if (luck < character.hangs + character.fails) return failure("TASK_FAILED", true);
  if (luck < character.hangs + character.fails + character.refuses) return failure("INPUT_INVALID", false);
  return answer(task, random);
}

function answer({ task, attempt, input }: Task, random: SeededRandom): AttemptOutcome {
  const of = hashOf(JSON.stringify(input));
  const list: readonly JsonValue[] = Array.from({ length: random.below(4) }, (_, index) => (of + index) % 7);
  return { ok: true, output: { task, attempt, of, size: of % 4, list }, version: "1" };
}
