/**
 * Weights fitted to the past by least squares on the simplex, from sums that do not grow with the number of rounds. It
 * hides the sums of products of errors, the fit, and what stands for an agent that slept.
 */
import { MycroftError } from "@mycroft/errors";
import { inside, placeOf } from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";
import type { LearnedWeights, Round, ScoredCase, StartLearning } from "./learned-weights.ts";
import type { Loss } from "./loss.ts";
import { type RuleState, scaleToOne } from "./online-rule.ts";
import { equalMean } from "./relative-records.ts";
import { neverNegative, RuleMemory, readColumn } from "./rule-memory.ts";
import { projectOntoSimplex } from "./simplex-descent.ts";

/**
 * Minimizes `sum_t |sum_k w_k e_tk|^2 + ridge s |w - u|^2` over the simplex, with e_tk agent k's error in case t, u equal
 * weights, and s the mean of `|e_tk|^2` so far, so that `ridge` counts cases. The error is the difference of cumulative
 * probabilities for RPS, of probabilities for Brier and log, and of points: for RPS, Brier and square the first sum is the
 * loss itself, for the others a stand-in. An agent that slept is given the equal mean's error in the case.
 */
export function startStacking(ridge: number): StartLearning {
  return (size, saved) => new StackedWeights(size, ridge, saved);
}

const passes = 200;

class StackedWeights implements LearnedWeights {
  readonly #memory: RuleMemory<"weight", "cases">;
  readonly #ridge: number;
  /** Row by row, `products[i * size + j]` the sum of products of the errors of i and j. */
  #products: Float64Array;

  constructor(size: number, ridge: number, saved: RuleState | undefined) {
    checkSize(size);
    this.#ridge = ridge;
    // Weights times N, so that a newcomer stands at 1.
    this.#memory = new RuleMemory(size, { weight: 1 }, { cases: 0 }, saved, undefined, {
      weight: neverNegative,
      cases: neverNegative,
    });
    this.#products = new Float64Array(size * size);
    for (let row = 0; saved !== undefined && row < size; row += 1) {
      const name = `products${row}`;
      this.#products.set(readColumn(saved.columns[name], inside(placeOf("rule"), name), size), row * size);
    }
  }

  get size(): number {
    return this.#memory.size;
  }

  /** A newcomer's errors so far are taken to have been the mean agent's. */
  grow(size: number): void {
    const before = this.size;
    if (size <= before) return;
    checkSize(size);
    const old = this.#products;
    const grown = new Float64Array(size * size);
    const rowMean = Array.from({ length: before }, (_, row) =>
      meanOf(old.subarray(row * before, (row + 1) * before)),
    );
    const mean = rowMean.reduce((sum, value) => sum + value, 0) / Math.max(1, before);
    for (let i = 0; i < size; i += 1) {
      for (let j = 0; j < size; j += 1) {
        const known = i < before && j < before ? old[i * before + j] : undefined;
        grown[i * size + j] = known ?? rowMean[Math.min(i, j)] ?? mean;
      }
    }
    this.#products = grown;
    this.#memory.grow(size);
  }

  weigh(into: Float64Array, awake?: Uint8Array): void {
    into.set(this.#memory.column("weight"));
    scaleToOne(into, awake);
  }

  learn({ cases, loss }: Round): void {
    for (const scored of cases) this.#add(scored, loss);
    this.#memory.scalars.cases += cases.length;
    this.#fit();
  }

  #add({ agents, forecasts, observed }: ScoredCase, loss: Loss): void {
    const { size } = this;
    const absent = errorOf(equalMean(forecasts, observed.length), observed, loss);
    const errors = Array.from({ length: size }, () => absent);
    agents.forEach((agent, index) => {
      errors[agent] = errorOf(forecasts[index] ?? observed, observed, loss);
    });
    for (let i = 0; i < size; i += 1) {
      for (let j = i; j < size; j += 1) {
        const product = dot(errors[i] ?? absent, errors[j] ?? absent);
        this.#products[i * size + j] = (this.#products[i * size + j] ?? 0) + product;
        if (i !== j) this.#products[j * size + i] = (this.#products[j * size + i] ?? 0) + product;
      }
    }
  }

  /** Projected gradient steps from the weights in force; the step is safe for the largest row sum of the products. */
  #fit(): void {
    const { size } = this;
    const weight = this.#memory.column("weight");
    const products = this.#products;
    let trace = 0;
    let steepest = 0;
    for (let i = 0; i < size; i += 1) {
      trace += products[i * size + i] ?? 0;
      let row = 0;
      for (let j = 0; j < size; j += 1) row += Math.abs(products[i * size + j] ?? 0);
      steepest = Math.max(steepest, row);
    }
    const pull = (this.#ridge * trace) / (size * Math.max(1, this.#memory.scalars.cases));
    const steepness = steepest + pull;
    if (!(steepness > 0)) return;
    const slope = new Float64Array(size);
    for (let pass = 0; pass < passes; pass += 1) {
      for (let i = 0; i < size; i += 1) {
        let sum = pull * ((weight[i] ?? 0) - 1);
        for (let j = 0; j < size; j += 1) sum += (products[i * size + j] ?? 0) * (weight[j] ?? 0);
        slope[i] = sum;
      }
      for (let i = 0; i < size; i += 1) {
        // Not times 1 / steepness, which is infinite where errors are so small that their squares nearly vanish.
        weight[i] = (weight[i] ?? 0) - (slope[i] ?? 0) / steepness;
      }
      projectOntoSimplex(weight, size);
    }
  }

  save(): RuleState {
    const { size, columns, scalars } = this.#memory.save();
    const rows = Array.from({ length: size }, (_, row) => [
      `products${row}`,
      Array.from(this.#products.subarray(row * size, (row + 1) * size)),
    ]);
    return { size, columns: { ...columns, ...Object.fromEntries(rows) }, scalars };
  }
}

function checkSize(size: number): void {
  const limit = ensembleLimits.stackedAgents;
  if (size <= limit) return;
  throw new MycroftError("LIMIT_EXCEEDED", `Stacking was given ${size} agents; it fits at most ${limit}.`, {
    details: { field: "agents", value: size, limit },
  });
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Such that its squared length is the loss, for RPS, Brier and square. */
function errorOf(forecast: Float64Array, observed: Float64Array, loss: Loss): Float64Array {
  const error = new Float64Array(observed.length);
  const unit = loss.name === "rps" ? Math.sqrt(observed.length) : 1;
  let gap = 0;
  for (let k = 0; k < error.length; k += 1) {
    const own = (forecast[k] ?? 0) - (observed[k] ?? 0);
    gap = loss.name === "rps" ? gap + own : own;
    error[k] = gap / unit;
  }
  return error;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k += 1) sum += (a[k] ?? 0) * (b[k] ?? 0);
  return sum;
}
