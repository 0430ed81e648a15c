/**
 * What a rule keeps: named columns with a number per expert, and named numbers. It hides growing, saving and reading
 * back, so that a rule is its formula and little else.
 */
import {
  inside,
  type NumberRange,
  type Place,
  placeOf,
  readDictionary,
  readList,
  readNumber,
  readObject,
  rejection,
} from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";
import type { OnlineRule, RuleState, StartRule } from "./online-rule.ts";

/** The largest number that may be remembered: what it is added to or divided by stays finite. */
export const mostRemembered = 1e250;

export const rememberedNumber: NumberRange = { min: -mostRemembered, max: mostRemembered };

/** For sums of squares, counts and the like. */
export const neverNegative: NumberRange = { min: 0, max: mostRemembered };

export class RuleMemory<Column extends string, Scalar extends string, List extends string = never> {
  #size: number;
  readonly #columns: Map<Column, Float64Array>;
  readonly #fill: Readonly<Record<Column, number>>;
  readonly scalars: Record<Scalar, number>;
  readonly #lists: Map<List, Float64Array>;

  /**
   * `columns` says what stands in each for an expert that has slept so far, `scalars` what each number is at the start,
   * `lists` how long each list is whose length does not depend on the experts; lists start with zeros. What was saved
   * has been out of hand: `ranges` says what a number may be, where it may not be any.
   */
  constructor(
    size: number,
    columns: Readonly<Record<Column, number>>,
    scalars: Readonly<Record<Scalar, number>>,
    saved?: RuleState,
    lists?: Readonly<Record<List, number>>,
    ranges: RangesOf<NoInfer<Column | Scalar | List>> = {},
  ) {
    const place = placeOf("rule");
    this.#size = size;
    this.#fill = columns;
    this.scalars = { ...scalars };
    this.#columns = new Map();
    this.#lists = new Map();
    for (const [name, length] of lists === undefined
      ? []
      : keysOf(lists).map((key) => [key, lists[key]] as const)) {
      const kept =
        saved === undefined ? [] : readColumn(saved.columns[name], inside(place, name), length, ranges[name]);
      this.#lists.set(name, extended(Float64Array.from(kept), length, 0));
    }
    for (const name of keysOf(columns)) {
      const kept =
        saved === undefined ? [] : readColumn(saved.columns[name], inside(place, name), size, ranges[name]);
      this.#columns.set(name, extended(Float64Array.from(kept), size, columns[name]));
    }
    if (saved === undefined) return;
    for (const name of keysOf(scalars)) {
      this.scalars[name] = readNumber(
        saved.scalars[name],
        inside(place, name),
        ranges[name] ?? rememberedNumber,
      );
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Valid until the next `grow`. */
  column(name: Column): Float64Array {
    return this.#columns.get(name) ?? new Float64Array(this.#size);
  }

  list(name: List): Float64Array {
    return this.#lists.get(name) ?? new Float64Array(0);
  }

  grow(size: number): void {
    if (size <= this.#size) return;
    this.#size = size;
    for (const [name, values] of this.#columns) {
      this.#columns.set(name, extended(values, size, this.#fill[name]));
    }
  }

  save(): RuleState {
    const columns = [...this.#columns, ...this.#lists].map(
      ([name, values]) => [name, Array.from(values)] as const,
    );
    return { size: this.#size, columns: Object.fromEntries(columns), scalars: { ...this.scalars } };
  }
}

type RangesOf<Name extends string> = { readonly [N in Name]?: NumberRange };

/** A rule as its two formulas over what it keeps. */
export interface RuleFormulas<Column extends string, Scalar extends string, List extends string> {
  readonly columns: Readonly<Record<Column, number>>;
  readonly scalars: Readonly<Record<Scalar, number>>;
  readonly lists?: Readonly<Record<List, number>>;
  readonly ranges?: RangesOf<NoInfer<Column | Scalar | List>>;
  weigh(memory: RuleMemory<Column, Scalar, List>, into: Float64Array, awake?: Uint8Array): void;
  learn(memory: RuleMemory<Column, Scalar, List>, regrets: Float64Array, awake: Uint8Array): void;
}

export function ruleOf<Column extends string, Scalar extends string, List extends string = never>(
  formulas: RuleFormulas<Column, Scalar, List>,
): StartRule {
  return (size, saved): OnlineRule => {
    const { columns, scalars, lists, ranges } = formulas;
    const memory = new RuleMemory(size, columns, scalars, saved, lists, ranges);
    return {
      get size() {
        return memory.size;
      },
      grow: (larger) => memory.grow(larger),
      weigh: (into, awake) => formulas.weigh(memory, into, awake),
      learn: (regrets, awake) => formulas.learn(memory, regrets, awake),
      save: () => memory.save(),
    };
  };
}

function keysOf<Key extends string>(record: Readonly<Record<Key, number>>): Key[] {
  return Object.keys(record).filter((key): key is Key => Object.hasOwn(record, key));
}

function extended(values: Float64Array, size: number, fill: number): Float64Array {
  const longer = new Float64Array(size).fill(fill);
  longer.set(values);
  return longer;
}

/** @throws {MycroftError} INPUT_INVALID unless it is a list of `size` numbers in the range. */
export function readColumn(
  value: unknown,
  place: Place,
  size: number,
  range: NumberRange = rememberedNumber,
): number[] {
  const list = readList(value, place, size);
  if (list.length !== size) throw rejection("INPUT_INVALID", place, value, `a list of ${size}`);
  return list.map((item, index) => readNumber(item, inside(place, index), range));
}

/** Reads the outer shape of what a rule has saved; each rule reads its own columns. */
export function readRuleState(value: unknown, place: Place): RuleState {
  const fields = readObject<keyof RuleState>(value, place);
  const size = readNumber(fields.size, inside(place, "size"), {
    min: 0,
    max: ensembleLimits.learnerAgents,
    integer: true,
  });
  const columns = readDictionary(fields.columns, inside(place, "columns"), "INPUT_INVALID");
  const scalars = readDictionary(fields.scalars, inside(place, "scalars"), "INPUT_INVALID");
  return {
    size,
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [
        name,
        readNumbers(column, inside(inside(place, "columns"), name)),
      ]),
    ),
    scalars: Object.fromEntries(
      Object.entries(scalars).map(([name, scalar]) => [
        name,
        readNumber(scalar, inside(inside(place, "scalars"), name), rememberedNumber),
      ]),
    ),
  };
}

function readNumbers(value: unknown, place: Place): number[] {
  return readList(value, place, ensembleLimits.learnerAgents * ensembleLimits.learnerAgents).map(
    (item, index) => readNumber(item, inside(place, index), rememberedNumber),
  );
}
