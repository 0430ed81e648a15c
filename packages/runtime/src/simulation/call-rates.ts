/** Counts the calls of agents whose rate is limited, across all processes. */
import type { RateLimit } from "../dispatch/rate-limiter.ts";
import type { Rule } from "./rules.ts";

export class CallRates {
  readonly #limits: Readonly<Record<string, RateLimit>>;
  readonly #accuse: (rule: Rule, detail: string) => void;
  readonly #calls = new Map<string, number[]>();

  constructor(limits: Readonly<Record<string, RateLimit>>, accuse: (rule: Rule, detail: string) => void) {
    this.#limits = limits;
    this.#accuse = accuse;
  }

  /** @param now milliseconds that have passed in the world. */
  calls(agent: string, now: number): void {
    const limit = this.#limits[agent];
    if (limit === undefined) return;
    const calls = this.#calls.get(agent) ?? [];
    this.#calls.set(agent, calls);
    calls.push(now);
    const before = calls.at(-1 - limit.calls);
    if (before !== undefined && now - before < limit.perMs) {
      this.#accuse("rate", `${limit.calls + 1} calls of ${agent} within ${now - before} ms`);
    }
  }
}
