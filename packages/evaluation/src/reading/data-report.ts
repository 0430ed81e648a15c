/**
 * What was wrong with the files, and what became of it: the one table of rules (P7). Every problem is counted; the first
 * of each kind are kept, by file and line, up to a stated number (P8).
 */
import { MycroftError } from "@mycroft/errors";
import { evaluationLimits } from "../evaluation-limits.ts";

interface ProblemRule {
  /** Completes "the value ...". */
  readonly meaning: string;
  /** What is done about it, by rule. */
  readonly effect: "dropped" | "repaired" | "abstains" | "noted";
  readonly rule: string;
  /** Whether strict loading lets it pass. */
  readonly harmless?: true;
}

export const dataProblems = {
  emptyRow: { meaning: "is an empty row", effect: "dropped", rule: "the row is not used" },
  malformedRow: {
    meaning: "does not have as many fields as the first line",
    effect: "dropped",
    rule: "the row is not used",
  },
  badName: {
    meaning: "is no name: empty, longer than 100 characters, or not UTF-8",
    effect: "dropped",
    rule: "the row is not used",
  },
  notANumber: {
    meaning: "is not a finite number of usable size",
    effect: "dropped",
    rule: "the forecast is not used",
  },
  partlyEmpty: {
    meaning: "is empty while other probabilities of the forecast are not",
    effect: "dropped",
    rule: "the forecast is not used",
  },
  tooNegative: {
    meaning: "is further below zero than the tolerance",
    effect: "dropped",
    rule: "the forecast is not used",
  },
  sumTooFarOff: {
    meaning: "is the sum of the probabilities, further off one than the tolerance",
    effect: "dropped",
    rule: "the forecast is not used",
  },
  negative: {
    meaning: "is below zero, within the tolerance",
    effect: "repaired",
    rule: "it counts as zero, and the rest is scaled to a sum of one",
  },
  sumOff: {
    meaning: "is the sum of the probabilities, off one within the tolerance",
    effect: "repaired",
    rule: "they are scaled to a sum of one",
  },
  rounding: {
    meaning: "is the sum of the probabilities, off one by rounding (at most 0.00001)",
    effect: "noted",
    rule: "they are scaled to a sum of one",
    harmless: true,
  },
  binsMissing: {
    meaning: "has no row for some outcomes, and the rows that it has do not add up to one",
    effect: "dropped",
    rule: "the forecast is not used",
  },
  binsLeftOut: {
    meaning: "has no row for some outcomes, while the rows that it has add up to one",
    effect: "repaired",
    rule: "the missing ones count as zero",
  },
  scoreOutOfRange: {
    meaning: "is not a probability from 0 to 1",
    effect: "dropped",
    rule: "the forecast is not used",
  },
  unknownOutcome: { meaning: "is not one of the outcomes", effect: "dropped", rule: "the row is not used" },
  duplicate: {
    meaning: "is there before, with the same numbers",
    effect: "dropped",
    rule: "the first one counts",
  },
  contradiction: {
    meaning: "is there before, with other numbers",
    effect: "dropped",
    rule: "the first one counts",
  },
  abstention: {
    meaning: "has no number",
    effect: "abstains",
    rule: "the agent abstains there",
    harmless: true,
  },
  agentMissing: {
    meaning: "has no forecast of this agent, while others have spoken",
    effect: "abstains",
    rule: "the agent counts as abstaining there",
  },
  allAbstain: {
    meaning: "has no usable forecast of any agent",
    effect: "dropped",
    rule: "the case is not scored",
  },
  noOutcome: {
    meaning: "has forecasts and no outcome",
    effect: "dropped",
    rule: "the case is not scored",
  },
  noForecast: {
    meaning: "has an outcome and no forecast",
    effect: "dropped",
    rule: "the outcome is not used",
  },
  respelled: {
    meaning: "is written otherwise in the two files of this period (case or punctuation)",
    effect: "repaired",
    rule: "they are taken for the same subject",
  },
  vanished: {
    meaning: "is not there in any later period",
    effect: "noted",
    rule: "its earlier cases count",
  },
  perhapsRenamed: {
    meaning: "appears where another one vanished",
    effect: "noted",
    rule: "they count as two, unless a rename is stated",
  },
} as const satisfies Record<string, ProblemRule>;

export type DataProblemKind = keyof typeof dataProblems;
export type DataProblemEffect = ProblemRule["effect"];

export interface DataProblem {
  readonly file: string;
  /** 1 is the file's first line; for JSON, the number of the finding. */
  readonly line: number;
  /** The field or the case concerned. */
  readonly field: string;
  /** What stood there, cut to 60 characters. */
  readonly value: string;
  readonly problem: DataProblemKind;
}

export interface DataReport {
  readonly files: readonly { readonly file: string; readonly rowsRead: number }[];
  /** How often each kind came; kinds that did not come are absent. */
  readonly problems: Readonly<Partial<Record<DataProblemKind, number>>>;
  readonly counts: Readonly<Record<DataProblemEffect, number>>;
  /** In the order in which they were met; at most 1,000 of each kind, 20 of harmless ones. */
  readonly examples: readonly DataProblem[];
  /** What was guessed, and other remarks for a reader. */
  readonly notes: readonly string[];
}

const valueLength = 60;
const harmlessKept = 20;

/** `f.csv, line 12: p3 "-0.01" is below zero, within the tolerance: it counts as zero, ...` */
export function describeDataProblem({ file, line, field, value, problem }: DataProblem): string {
  const { meaning, rule } = dataProblems[problem];
  const what = value === "" ? field : `${field} ${JSON.stringify(value)}`;
  return `${file}, line ${line}: ${what} ${meaning}: ${rule}.`;
}

export class DataReportBuilder {
  readonly #files = new Map<string, number>();
  readonly #counts = new Map<DataProblemKind, number>();
  readonly #examples: DataProblem[] = [];
  readonly #notes: string[] = [];

  row(file: string): void {
    const rows = (this.#files.get(file) ?? 0) + 1;
    if (rows > evaluationLimits.rows) {
      throw new MycroftError(
        "LIMIT_EXCEEDED",
        `${file} has more than ${evaluationLimits.rows} rows, the limit for one evaluation.`,
        { details: { file, limit: "rows", max: evaluationLimits.rows } },
      );
    }
    this.#files.set(file, rows);
  }

  add(problem: DataProblem): void {
    const count = (this.#counts.get(problem.problem) ?? 0) + 1;
    this.#counts.set(problem.problem, count);
    const isHarmless = "harmless" in dataProblems[problem.problem];
    if (count > (isHarmless ? harmlessKept : evaluationLimits.problemsKept)) return;
    this.#examples.push({ ...problem, value: problem.value.slice(0, valueLength) });
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  finish(): DataReport {
    const counts = { dropped: 0, repaired: 0, abstains: 0, noted: 0 };
    for (const [kind, count] of this.#counts) counts[dataProblems[kind].effect] += count;
    return {
      files: Array.from(this.#files, ([file, rowsRead]) => ({ file, rowsRead })),
      problems: Object.fromEntries(this.#counts),
      counts,
      examples: [...this.#examples],
      notes: [...this.#notes],
    };
  }
}

/** @throws {MycroftError} DATA_ROW_INVALID with the first problem that is not harmless. */
export function rejectDirt({ examples, problems }: DataReport): void {
  const isHarmful = (kind: DataProblemKind) => !("harmless" in dataProblems[kind]);
  const first = examples.find(({ problem }) => isHarmful(problem));
  if (first === undefined) return;
  const kinds = Object.entries(problems) as [DataProblemKind, number][];
  const count = kinds.reduce((sum, [kind, times]) => sum + (isHarmful(kind) ? times : 0), 0);
  throw new MycroftError(
    "DATA_ROW_INVALID",
    `There ${count === 1 ? "is 1 problem" : `are ${count} problems`} in the data, and strict loading was asked for. The first: ${describeDataProblem(first)}`,
    { details: { count, problems, first } },
  );
}
