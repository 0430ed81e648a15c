/** Adds up how an agent did over many runs. */
import type { AgentHealth } from "@mycroft/protocol";
import { type AgentAttempts, addVersion, attemptLimits, type VersionAttempts } from "./agent-attempts.ts";

/** @param runs how many were looked through; those without the agent have no part in `attempts`. */
export function healthOf(attempts: readonly AgentAttempts[], runs: number): AgentHealth {
  const sum = (of: (one: AgentAttempts) => number) => attempts.reduce((total, one) => total + of(one), 0);
  const versions = new Map<string, VersionAttempts>();
  for (const one of attempts) {
    for (const [version, more] of one.versions) addVersion(versions, version, more);
  }
  const answered = attempts.map(({ lastAnswerAt }) => lastAnswerAt).filter((at) => at !== null);
  return {
    runs,
    attempts: sum((one) => one.attempts),
    opinions: sum((one) => one.opinions),
    abstentions: sum((one) => one.abstentions),
    failures: sum((one) => one.failures),
    cached: sum((one) => one.cached),
    latencyMs: latencyOf(attempts),
    lastAnswerAt: answered.length === 0 ? null : isoOf(Math.max(...answered)),
    versions: [...versions]
      .sort(([, a], [, b]) => b.lastAt - a.lastAt)
      .map(([version, { attempts: count, firstAt, lastAt }]) => {
        return { version, attempts: count, firstAt: isoOf(firstAt), lastAt: isoOf(lastAt) };
      }),
    troubles: attempts
      .flatMap(({ troubles }) => troubles)
      .sort((a, b) => b.at - a.at)
      .slice(0, attemptLimits.troubles)
      .map((trouble) => ({ ...trouble, at: isoOf(trouble.at) })),
  };
}

/** The nearest rank: a time that was measured. */
function latencyOf(attempts: readonly AgentAttempts[]): AgentHealth["latencyMs"] {
  const sorted = Float64Array.from(attempts.flatMap(({ latenciesMs }) => latenciesMs)).sort();
  if (sorted.length === 0) return null;
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: Math.max(...attempts.map(({ longestMs }) => longestMs)) };
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
