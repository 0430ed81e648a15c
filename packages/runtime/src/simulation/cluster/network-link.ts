/**
 * The way between a process and a server. A call takes its time in both directions; when the way is cut meanwhile, or the
 * connection lost, the caller is told that nobody knows: what was asked for may never arrive, have taken effect already, or
 * take effect much later, when the caller has given it up or is dead.
 */
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import type { Clock } from "../../ports/clock.ts";
import type { SeededRandom } from "../seeded-random.ts";

export interface NetworkFaults {
  /** The probability that a call loses its connection. */
  readonly callLoss: number;
  /** What each direction takes at most. */
  readonly slowestMs: number;
}

export interface NetworkLinkOptions {
  /** Time itself. */
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly faults: NetworkFaults;
  /** What a caller is told. */
  readonly code: ErrorCode;
}

/** How long it may take until a caller learns that nobody answers. */
const longestSilenceMs = 5_000;
/** How long what was sent may be under way when its sender hears no more of it. */
const latestMs = 45_000;

export class NetworkLink {
  readonly #options: NetworkLinkOptions;
  #faults: NetworkFaults;
  #cuts = 0;
  /** Counts cuts: an answer that was on its way is lost with each. */
  #age = 0;

  constructor(options: NetworkLinkOptions) {
    this.#options = options;
    this.#faults = options.faults;
  }

  get isCut(): boolean {
    return this.#cuts > 0;
  }

  cut(): void {
    this.#cuts += 1;
    this.#age += 1;
  }

  mend(): void {
    this.#cuts = Math.max(0, this.#cuts - 1);
  }

  /** From now on it is whole, and takes no time. */
  calm(): void {
    this.#cuts = 0;
    this.#faults = { callLoss: 0, slowestMs: 0 };
  }

  async call<T>(act: () => Promise<T>): Promise<T> {
    const { random } = this.#options;
    const { callLoss } = this.#faults;
    if (this.isCut) return this.#fail();
    const age = this.#age;
    const isLost = callLoss > 0 && random.chance(callLoss);
    if (isLost && random.chance(0.5)) {
      this.#arriveLate(act);
      return this.#fail();
    }
    await this.#travel();
    if (age !== this.#age) {
      this.#arriveLate(act);
      return this.#fail();
    }
    const answer = await act();
    await this.#travel();
    return isLost || age !== this.#age ? this.#fail() : answer;
  }

  /** Whether a message that nobody answers gets through, and when. */
  deliver(action: () => void, loss: number): void {
    if (this.isCut || this.#options.random.chance(loss)) return;
    if (this.#faults.slowestMs === 0) action();
    else void this.#travel().then(action);
  }

  /** Perhaps. */
  #arriveLate(act: () => Promise<unknown>): void {
    const { clock, random } = this.#options;
    if (random.chance(0.5)) return;
    clock.setDelay(random.below(latestMs), () => {
      act().catch(() => {});
    });
  }

  async #fail(): Promise<never> {
    const { clock, random, code } = this.#options;
    await new Promise<void>((resolve) => {
      clock.setDelay(random.below(longestSilenceMs), resolve);
    });
    throw new MycroftError(code, "simulated: the connection was lost", { details: { isUndecided: true } });
  }

  async #travel(): Promise<void> {
    const { slowestMs } = this.#faults;
    if (slowestMs === 0) return;
    const { clock, random } = this.#options;
    await new Promise<void>((resolve) => {
      clock.setDelay(random.below(slowestMs + 1), resolve);
    });
  }
}
