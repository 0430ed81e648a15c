/** Gathers the rows of a long file, one outcome each, into whole forecasts. */
import { MycroftError } from "@mycroft/errors";
import { evaluationLimits } from "../evaluation-limits.ts";
import type { CaseDraft, CaseTable, Source } from "./case-table.ts";
import { whereOf } from "./case-table.ts";

interface LongRow {
  readonly draft: CaseDraft;
  readonly agent: string;
  readonly outcome: string;
  readonly text: string;
  readonly source: Source;
}

interface Group {
  readonly draft: CaseDraft;
  readonly agent: string;
  readonly source: Source;
  readonly texts: Map<string, string>;
}

export interface LongForecast {
  readonly draft: CaseDraft;
  readonly agent: string;
  readonly source: Source;
  /** By outcome; undefined where there is no row. */
  readonly texts: readonly (string | undefined)[];
}

export class LongCells {
  readonly #table: CaseTable;
  readonly #groups = new Map<CaseDraft, Map<string, Group>>();
  readonly #outcomes = new Set<string>();

  constructor(table: CaseTable) {
    this.#table = table;
  }

  put({ draft, agent, outcome, text, source }: LongRow): void {
    const ofCase = this.#groups.get(draft) ?? new Map<string, Group>();
    this.#groups.set(draft, ofCase);
    const group = ofCase.get(agent) ?? { draft, agent, source, texts: new Map<string, string>() };
    ofCase.set(agent, group);
    this.#outcomes.add(outcome);
    if (this.#outcomes.size > evaluationLimits.outcomes) {
      throw new MycroftError(
        "OPINION_DIMENSION",
        `${source.file}, line ${source.line}: there are more than ${evaluationLimits.outcomes} outcomes. Is the column of outcomes the right one?`,
        { details: { ...source, column: "outcome", limit: "outcomes", max: evaluationLimits.outcomes } },
      );
    }
    const earlier = group.texts.get(outcome);
    if (earlier === undefined) {
      group.texts.set(outcome, text);
      return;
    }
    const what = `${agent || "the outcome"} on ${outcome} for ${whereOf(draft)}`;
    const problem = earlier.trim() === text.trim() ? "duplicate" : "contradiction";
    this.#table.problem(source, what, text, problem);
  }

  /** Numbers, and names that end in a number, by that; other names in the order in which they were met. */
  outcomes(): readonly string[] {
    const names = [...this.#outcomes];
    const numberOf = (name: string) => Number(/-?\d+(?:\.\d+)?$/.exec(name)?.[0] ?? Number.NaN);
    return names.some((name) => Number.isNaN(numberOf(name)))
      ? names
      : names.sort((a, b) => numberOf(a) - numberOf(b));
  }

  *forecasts(outcomes: readonly string[]): Generator<LongForecast> {
    for (const ofCase of this.#groups.values()) {
      for (const { draft, agent, source, texts } of ofCase.values()) {
        yield { draft, agent, source, texts: outcomes.map((outcome) => texts.get(outcome)) };
      }
    }
  }
}
