/**
 * How an agent did in one run: its attempts counted, with their times and what went wrong. Runs that have settled never
 * change, so this is read of each once; many are then added up.
 */
import { type AgentHealth, apiLimits } from "@mycroft/protocol";
import type { AttemptStory, TaskStory, Timeline } from "@mycroft/record";
import { cut } from "@mycroft/record/text";

export interface AgentAttempts {
  readonly attempts: number;
  readonly opinions: number;
  readonly abstentions: number;
  readonly failures: number;
  readonly cached: number;
  /** Milliseconds from begin to end of those that an agent answered or failed; of many, an even share. */
  readonly latenciesMs: readonly number[];
  readonly longestMs: number;
  /** Milliseconds since the epoch, as below; null without an answer. */
  readonly lastAnswerAt: number | null;
  readonly versions: ReadonlyMap<string, VersionAttempts>;
  /** The newest first. */
  readonly troubles: readonly Trouble[];
}

export interface VersionAttempts {
  readonly attempts: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

export type Trouble = Omit<AgentHealth["troubles"][number], "at"> & { readonly at: number };

export const attemptLimits = {
  /** Times that are kept of one agent in one run. */
  latencies: 500,
  troubles: 10,
} as const;

type Ended = AttemptStory & { readonly endedAt: number };

/** Agent by agent. Attempts that are under way or were cancelled say nothing yet. */
export function* eachAgentAttempts(runId: string, { tasks }: Timeline): Generator<[string, AgentAttempts]> {
  const own = tasks.filter(({ target }) => target?.kind === "agent");
  const byAgent = Map.groupBy(own, ({ target }) => target?.name ?? "");
  for (const [agent, asked] of byAgent) yield [agent, sumUp(runId, asked)];
}

function sumUp(runId: string, tasks: readonly TaskStory[]): AgentAttempts {
  const ended = tasks.flatMap((task) => task.attempts.flatMap((attempt) => settledAttempt(task, attempt)));
  const worked = ended.filter(({ attempt }) => !attempt.isCached).map(({ attempt }) => tookMs(attempt));
  const answers = ended.filter(({ kind }) => kind !== "failure");
  return {
    attempts: ended.length,
    opinions: ended.filter(({ kind }) => kind === "opinion").length,
    abstentions: ended.filter(({ kind }) => kind === "abstention").length,
    failures: ended.length - answers.length,
    cached: ended.filter(({ attempt }) => attempt.isCached).length,
    latenciesMs: evenShare(worked, attemptLimits.latencies),
    longestMs: worked.reduce((longest, took) => Math.max(longest, took), 0),
    lastAnswerAt: answers.reduce<number | null>(
      (last, { attempt: { endedAt } }) => (last === null || endedAt > last ? endedAt : last),
      null,
    ),
    versions: versionsOf(ended.map(({ attempt }) => attempt)),
    troubles: ended
      .flatMap((one) => troubleOf(runId, one))
      .sort((a, b) => b.at - a.at)
      .slice(0, attemptLimits.troubles),
  };
}

interface Settled {
  readonly task: TaskStory;
  readonly attempt: Ended;
  readonly kind: "opinion" | "abstention" | "failure";
}

function settledAttempt(task: TaskStory, attempt: AttemptStory): readonly Settled[] {
  const { endedAt, outcome } = attempt;
  if (endedAt === null || outcome === "underWay" || outcome === "cancelled") return [];
  const ended = { ...attempt, endedAt };
  if (outcome === "failed") return [{ task, attempt: ended, kind: "failure" }];
  return [{ task, attempt: ended, kind: abstentionIn(task.output) === null ? "opinion" : "abstention" }];
}

function abstentionIn(output: unknown): { readonly reason: string; readonly code: string | null } | null {
  if (typeof output !== "object" || output === null || Reflect.get(output, "type") !== "abstention")
    return null;
  const reason: unknown = Reflect.get(output, "reason");
  const code: unknown = Reflect.get(output, "code");
  return {
    reason: typeof reason === "string" ? reason : "",
    code: typeof code === "string" ? code : null,
  };
}

/** A worker's clock may be off: it is believed only within what the record allows. */
function tookMs({ queuedAt, startedAt, endedAt }: Ended): number {
  return Math.max(0, endedAt - Math.max(queuedAt, startedAt ?? queuedAt));
}

function evenShare(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, place) => values[Math.floor((place * values.length) / most)] ?? 0);
}

function versionsOf(attempts: readonly Ended[]): ReadonlyMap<string, VersionAttempts> {
  const versions = new Map<string, VersionAttempts>();
  for (const { version, endedAt } of attempts) {
    if (version !== null) addVersion(versions, version, { attempts: 1, firstAt: endedAt, lastAt: endedAt });
  }
  return versions;
}

export function addVersion(
  versions: Map<string, VersionAttempts>,
  version: string,
  more: VersionAttempts,
): void {
  const { attempts, firstAt, lastAt } = versions.get(version) ?? { ...more, attempts: 0 };
  versions.set(version, {
    attempts: attempts + more.attempts,
    firstAt: Math.min(firstAt, more.firstAt),
    lastAt: Math.max(lastAt, more.lastAt),
  });
}

function troubleOf(runId: string, { task, attempt, kind }: Settled): readonly Trouble[] {
  const at = attempt.endedAt;
  if (kind === "opinion") return [];
  if (kind === "failure") {
    const { code = null, message = "" } = attempt.error ?? {};
    return [{ runId, task: task.id, at, kind, code, text: cut(message, apiLimits.shownText) }];
  }
  const { reason, code } = abstentionIn(task.output) ?? { reason: "", code: null };
  return [{ runId, task: task.id, at, kind, code, text: cut(reason, apiLimits.shownText) }];
}
