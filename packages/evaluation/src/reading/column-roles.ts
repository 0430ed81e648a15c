/** Which column of a file means what: named by options, guessed otherwise; what was guessed can be told. */
import { separatorHint } from "@mycroft/csv";
import { MycroftError } from "@mycroft/errors";

/** The names of columns (or of fields, in JSON) that are not to be guessed. */
export interface ColumnOptions {
  readonly period?: string | undefined;
  readonly subject?: string | undefined;
  readonly agent?: string | undefined;
  /** The columns of a forecast's probabilities, the lowest outcome first. */
  readonly probabilities?: readonly string[] | undefined;
  /** The column of one probability (long) or one point. */
  readonly value?: string | undefined;
  /** The column that names the outcome which a row's probability is for (long). */
  readonly outcome?: string | undefined;
  /** What came true: one column, or one for each outcome. */
  readonly observed?: readonly string[] | undefined;
}

interface Place {
  readonly period: number;
  /** -1 when the file is about one subject. */
  readonly subject: number;
}

/** How a file of forecasts is laid out; numbers are columns, -1 is none. */
export type ForecastLayout = Place & {
  /** What came true, when it stands in the same file. */
  readonly observed: readonly number[];
} & (
    | { readonly type: "wide"; readonly agent: number; readonly probabilities: readonly number[] }
    | { readonly type: "long"; readonly agent: number; readonly outcome: number; readonly value: number }
    | { readonly type: "values"; readonly agent: number; readonly value: number }
    | { readonly type: "agentColumns"; readonly agents: readonly number[] }
  );

export type OutcomeLayout = Place &
  (
    | { readonly type: "wide"; readonly columns: readonly number[] }
    | { readonly type: "long"; readonly outcome: number; readonly value: number }
  );

/** Compared without case, blanks, `_`, `-` and `.`. */
const guesses = {
  period:
    "period periodstart perioddate date day asof asofdate time timestamp month week quarter year round step t",
  subject: "subject asset symbol ticker company instrument security series item question id",
  agent: "agent agentname model forecaster expert analyst team source method",
  outcome: "outcome bin class category bucket quantile quintile label",
  value: "value forecast prediction predicted probability prob p point edgescore",
  observed: "observed actual y realized realised truth target outcome",
};
type Role = keyof typeof guesses;

/** What to do in the file itself, for whoever cannot name columns otherwise. */
const understood: Readonly<Record<Role | "probabilities", string>> = {
  period: "A column named period, date or month is understood.",
  subject: "A column named subject, symbol or ticker is understood.",
  agent: "A column named agent, model or forecaster is understood.",
  outcome: "A column named outcome, class or label is understood.",
  value: "Columns named p1, p2 ... or down, flat, up are understood, and so is one named value or forecast.",
  probabilities: "Columns named p1, p2 ... or down, flat, up are understood.",
  observed: "A column named observed, actual or target is understood.",
};

const renameOne = "Give one of them another name.";

const numbered = /^(?:p|pr|prob|probability|q|bin|rank)\d+$/;
const namedOutcomes = [
  ["down", "flat", "up"],
  ["sell", "hold", "buy"],
  ["down", "up"],
] as const;

/** @throws {MycroftError} DATA_COLUMN_MISSING, with what the first line has and the names that are understood. */
export function findForecastLayout(
  file: string,
  header: readonly string[],
  options: ColumnOptions,
  hasOutcomeFile: boolean,
): ForecastLayout {
  const columns = new Columns(file, header);
  const period = columns.need("period", options.period);
  const subject = columns.find("subject", options.subject);
  const agent = columns.find("agent", options.agent);
  const probabilities = columns.probabilities(options.probabilities);
  if (probabilities.length > 0) {
    const observed = columns.observed(options.observed, hasOutcomeFile);
    return { type: "wide", period, subject, agent, probabilities, observed };
  }
  // Without a column of agents, `value` or `forecast` may well be an agent's name.
  const isNamed = agent >= 0 || options.value !== undefined;
  const value = isNamed ? columns.find("value", options.value) : -1;
  const asked = options.outcome !== undefined || (value >= 0 && agent >= 0 && options.observed === undefined);
  const outcome = asked ? columns.find("outcome", options.outcome) : -1;
  if (outcome >= 0 && value >= 0) {
    const observed = columns.observed(options.observed, hasOutcomeFile);
    return { type: "long", period, subject, agent, outcome, value, observed };
  }
  const observed = columns.observed(options.observed, hasOutcomeFile);
  if (value >= 0) return { type: "values", period, subject, agent, value, observed };
  const rest = columns.rest();
  if (rest.length === 0) {
    throw columns.error("value", "has no column of forecasts");
  }
  if (agent < 0) return { type: "agentColumns", period, subject, agents: rest, observed };
  const [only = -1] = rest;
  return rest.length === 1
    ? { type: "values", period, subject, agent, value: only, observed }
    : { type: "wide", period, subject, agent, probabilities: rest, observed };
}

export interface OutcomeExpectation {
  /** How many outcomes the forecasts are over; 0 for points. */
  readonly outcomes: number;
  /** Names of the forecasts' columns, tried before anything else. */
  readonly period: string | undefined;
  readonly subject: string | undefined;
}

/** @throws {MycroftError} DATA_COLUMN_MISSING, or OPINION_DIMENSION when the number of columns does not fit. */
export function findOutcomeLayout(
  file: string,
  header: readonly string[],
  options: ColumnOptions,
  expected: OutcomeExpectation,
): OutcomeLayout {
  const columns = new Columns(file, header);
  const period = columns.needAs("period", options.period, expected.period);
  const subject = columns.findAs("subject", options.subject, expected.subject);
  const stated = options.observed ?? [];
  const wide = stated.length > 0 ? columns.observed(stated, false) : columns.numbered();
  if (wide.length === 0 && expected.outcomes > 0) {
    const value = columns.find("value", undefined);
    const outcome = columns.find("outcome", undefined);
    if (outcome >= 0 && value >= 0) return { type: "long", period, subject, outcome, value };
    if (outcome >= 0) return { type: "wide", period, subject, columns: [outcome] };
  }
  const named = wide.length > 0 ? wide : columns.observed(undefined, false);
  const found = named.length > 0 ? named : columns.rest();
  const fits = found.length === 1 || found.length === expected.outcomes;
  if (found.length > 0 && fits) return { type: "wide", period, subject, columns: found };
  if (found.length === 0) throw columns.error("observed", "has no column of outcomes");
  throw new MycroftError(
    "OPINION_DIMENSION",
    `${file} has ${found.length} columns of outcomes, and the forecasts are ${expected.outcomes === 0 ? "points" : `over ${expected.outcomes} outcomes`}. It must have one for each outcome, or one that names the outcome.`,
    {
      details: {
        file,
        column: "observed",
        found: found.map((at) => header[at]),
        expected: expected.outcomes,
      },
    },
  );
}

class Columns {
  readonly #file: string;
  readonly #header: readonly string[];
  readonly #plain: readonly string[];
  readonly #taken = new Set<number>();

  constructor(file: string, header: readonly string[]) {
    this.#file = file;
    this.#header = header;
    this.#plain = header.map((name) => name.toLowerCase().replaceAll(/[\s_.-]/gu, ""));
  }

  need(role: Role, given: string | undefined): number {
    const found = this.find(role, given);
    if (found >= 0) return found;
    throw this.error(role, `has no column that is clearly the ${role}`);
  }

  find(role: Role, given: string | undefined): number {
    if (given !== undefined) return this.#take(this.#named(given, role));
    const names = guesses[role].split(" ");
    const name = names.find((one) => this.#free(this.#plain.indexOf(one)));
    return name === undefined ? -1 : this.#take(this.#once(name, role));
  }

  needAs(role: Role, given: string | undefined, same: string | undefined): number {
    const found = this.findAs(role, given, same);
    if (found >= 0) return found;
    throw this.error(role, `has no column that is clearly the ${role}`);
  }

  /** An option names the forecasts' column; another file may call it otherwise. */
  findAs(role: Role, given: string | undefined, same: string | undefined): number {
    for (const name of [given, same]) {
      const at = name === undefined ? -1 : this.#header.indexOf(name);
      if (this.#free(at)) return this.#take(at);
    }
    return this.find(role, undefined);
  }

  probabilities(given: readonly string[] | undefined): readonly number[] {
    if (given !== undefined) {
      if (given.length < 2) {
        throw this.error("probabilities", "needs at least two columns of probabilities");
      }
      return given.map((name) => this.#take(this.#named(name, "probabilities")));
    }
    return this.numbered();
  }

  /** `p1, p2 ...` or names such as `down, flat, up`, in the order of their numbers or of the names. */
  numbered(): readonly number[] {
    const places = [...this.#plain.keys()].filter(
      (at) => this.#free(at) && numbered.test(this.#plain[at] ?? ""),
    );
    const number = (at: number) => Number(/\d+$/.exec(this.#plain[at] ?? "")?.[0]);
    if (places.length >= 2) return places.sort((a, b) => number(a) - number(b)).map((at) => this.#take(at));
    const names = namedOutcomes.find((list) => list.every((name) => this.#free(this.#plain.indexOf(name))));
    return (names ?? []).map((name) => this.#take(this.#plain.indexOf(name)));
  }

  observed(given: readonly string[] | undefined, elsewhere: boolean): readonly number[] {
    if (elsewhere) return [];
    if (given !== undefined && given.length > 0) {
      return given.map((name) => this.#take(this.#named(name, "observed")));
    }
    const found = this.find("observed", undefined);
    return found < 0 ? [] : [found];
  }

  /** A nameless column, such as the row numbers that some programs write, is no agent. */
  rest(): readonly number[] {
    return [...this.#header.keys()].filter((at) => this.#free(at) && this.#header[at] !== "");
  }

  error(role: keyof typeof understood, what: string, advice = understood[role]): MycroftError {
    const found = this.#header.slice(0, 20).map((name) => name.slice(0, 40));
    const more = this.#header.length > found.length ? `, and ${this.#header.length - found.length} more` : "";
    const hint = separatorHint(this.#header) || ` ${advice}`;
    const shown = found.map((name) => JSON.stringify(name)).join(", ");
    return new MycroftError(
      "DATA_COLUMN_MISSING",
      `${this.#file} ${what}. Its first line has: ${shown}${more}.${hint}`,
      { details: { file: this.#file, column: role, found } },
    );
  }

  #named(name: string, role: keyof typeof understood): number {
    const at = this.#header.indexOf(name);
    if (at < 0) throw this.error(role, `has no column ${JSON.stringify(name)}`);
    if (this.#header.lastIndexOf(name) !== at) {
      throw this.error(role, `has more than one column ${JSON.stringify(name)}`, renameOne);
    }
    return at;
  }

  #once(plain: string, role: Role): number {
    const at = this.#plain.indexOf(plain);
    if (this.#plain.lastIndexOf(plain) === at) return at;
    throw this.error(role, `has more than one column that could be the ${role}`, renameOne);
  }

  #take(at: number): number {
    this.#taken.add(at);
    return at;
  }

  #free(at: number): boolean {
    return at >= 0 && !this.#taken.has(at);
  }
}
