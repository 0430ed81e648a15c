/**
 * The best fixed mixture in hindsight: the weights that would have made the linear pool cost the least so far, by the ranked
 * probability score. That score is quadratic in the weights, so what is kept does not grow with the number of rounds.
 */

const enoughSteps = 2_000;
const smallEnoughGap = 1e-10;

export class BestMixture {
  readonly #size: number;
  /** The loss of weights w is `w'Qw - 2 b'w + c`. */
  readonly #quadratic: Float64Array;
  readonly #linear: Float64Array;
  #constant = 0;
  readonly #weights: Float64Array;

  /** @param size how many agents there are, at least 1. */
  constructor(size: number) {
    this.#size = size;
    this.#quadratic = new Float64Array(size * size);
    this.#linear = new Float64Array(size);
    this.#weights = new Float64Array(size).fill(1 / size);
  }

  /** @param forecasts one distribution for each agent. @param outcome the place of what followed. */
  add(forecasts: readonly (readonly number[])[], outcome: number): void {
    const outcomes = forecasts[0]?.length ?? 0;
    const sums = new Float64Array(this.#size);
    for (let k = 0; k < outcomes; k += 1) {
      const observed = k >= outcome ? 1 : 0;
      for (let i = 0; i < this.#size; i += 1) sums[i] = (sums[i] ?? 0) + (forecasts[i]?.[k] ?? 0);
      for (let i = 0; i < this.#size; i += 1) {
        this.#linear[i] = (this.#linear[i] ?? 0) + ((sums[i] ?? 0) * observed) / outcomes;
        for (let j = 0; j < this.#size; j += 1) {
          const at = i * this.#size + j;
          this.#quadratic[at] = (this.#quadratic[at] ?? 0) + ((sums[i] ?? 0) * (sums[j] ?? 0)) / outcomes;
        }
      }
      this.#constant += observed / outcomes;
    }
  }

  /**
   * What the best mixture would have cost in all, and its weights. By the pairwise Frank-Wolfe method with exact line search
   * (Lacoste-Julien and Jaggi 2015, NeurIPS), from where it stood the last time.
   */
  solve(): { readonly loss: number; readonly weights: readonly number[] } {
    for (let step = 0; step < enoughSteps; step += 1) if (!this.#improve()) break;
    return { loss: Math.max(0, this.#loss()), weights: Array.from(this.#weights) };
  }

  /** Moves weight from the agent whose weight costs most to the one whose weight would save most; false when nothing is to be gained. */
  #improve(): boolean {
    const slope = this.#slope();
    let best = 0;
    let worst = -1;
    for (let i = 0; i < this.#size; i += 1) {
      if ((slope[i] ?? 0) < (slope[best] ?? 0)) best = i;
      const isHeld = (this.#weights[i] ?? 0) > 0;
      if (isHeld && (worst === -1 || (slope[i] ?? 0) > (slope[worst] ?? 0))) worst = i;
    }
    const gap = (slope[worst] ?? 0) - (slope[best] ?? 0);
    if (worst === -1 || worst === best || gap <= smallEnoughGap) return false;
    const curve = this.#entry(best, best) + this.#entry(worst, worst) - 2 * this.#entry(best, worst);
    const held = this.#weights[worst] ?? 0;
    const move = curve <= 0 ? held : Math.min(held, gap / (2 * curve));
    if (move <= 0) return false;
    this.#weights[best] = (this.#weights[best] ?? 0) + move;
    this.#weights[worst] = held - move;
    return true;
  }

  #slope(): Float64Array {
    const slope = new Float64Array(this.#size);
    for (let i = 0; i < this.#size; i += 1) {
      let sum = -(this.#linear[i] ?? 0);
      for (let j = 0; j < this.#size; j += 1) sum += this.#entry(i, j) * (this.#weights[j] ?? 0);
      slope[i] = 2 * sum;
    }
    return slope;
  }

  #loss(): number {
    let loss = this.#constant;
    for (let i = 0; i < this.#size; i += 1) {
      const weight = this.#weights[i] ?? 0;
      loss -= 2 * (this.#linear[i] ?? 0) * weight;
      for (let j = 0; j < this.#size; j += 1) loss += this.#entry(i, j) * weight * (this.#weights[j] ?? 0);
    }
    return loss;
  }

  #entry(row: number, column: number): number {
    return this.#quadratic[row * this.#size + column] ?? 0;
  }
}
