/**
 * A panel: the views on one subject, checked to belong together and put in order of the agents' names, so that
 * nothing after it depends on the order in which answers arrived (E1).
 */
import { normalized } from "./distribution.ts";
import { inside, type Place, readList, rejection } from "./json-reader.ts";
import { ensembleLimits } from "./limits.ts";
import { type Abstention, type Opinion, readView, type View } from "./opinion.ts";

/** The outcomes that opinions are about unless something else is stated. */
const defaultOutcomes = ["down", "flat", "up"] as const;

/** What all views of a panel must agree on. */
export interface Question {
  readonly subject: string;
  readonly asOf: string;
  readonly horizonDays: number;
}

export interface Panel {
  readonly outcomes: readonly string[];
  /** In order of the agents' names; every distribution's sum is one but for rounding. */
  readonly opinions: readonly Opinion[];
  readonly abstentions: readonly Abstention[];
}

/**
 * Reads a list of views. `question` and `outcomes` are what they must be about; left out, the first view and the
 * first opinion say so.
 */
export function readPanel(
  value: unknown,
  place: Place,
  stated: { readonly question?: Question; readonly outcomes?: readonly string[] | undefined },
): Panel {
  const views = readList(value, place, ensembleLimits.views).map((view, index) =>
    readView(view, inside(place, index)),
  );
  const question = stated.question ?? views[0];
  const outcomes = stated.outcomes ?? views.find(isOpinion)?.outcomes ?? defaultOutcomes;
  checkTogether(views, question, place);
  views.forEach((view, index) => {
    if (view.type === "opinion") {
      checkOutcomes(view, outcomes, (field) => inside(inside(place, index), field, view.agent));
    }
  });
  const inOrder = views.toSorted(byAgent);
  return {
    outcomes,
    opinions: inOrder.filter(isOpinion).map(withExactSum),
    abstentions: inOrder.filter((view) => view.type === "abstention"),
  };
}

/** Views of any type belong together when they answer one question and no agent speaks twice. */
export function checkTogether(
  views: readonly (Question & { readonly agent: string })[],
  question: Question | undefined,
  place: Place,
): void {
  const agents = new Set<string>();
  views.forEach((view, index) => {
    const at = (field: string): Place => inside(inside(place, index), field, view.agent);
    if (agents.has(view.agent)) throw rejection("INPUT_INVALID", at("agent"), view.agent, "there once only");
    agents.add(view.agent);
    if (question !== undefined) checkQuestion(view, question, at);
  });
}

function isOpinion(view: View): view is Opinion {
  return view.type === "opinion";
}

function withExactSum(opinion: Opinion): Opinion {
  const probabilities = normalized(opinion.probabilities);
  return probabilities === opinion.probabilities ? opinion : { ...opinion, probabilities };
}

/** By code unit, so that the order is the same in every locale. */
export function byAgent(a: { readonly agent: string }, b: { readonly agent: string }): number {
  return compareText(a.agent, b.agent);
}

export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function checkQuestion(view: Question, question: Question, at: (field: string) => Place): void {
  for (const field of ["subject", "asOf", "horizonDays"] as const) {
    if (view[field] === question[field]) continue;
    throw rejection("INPUT_INVALID", at(field), view[field], `${question[field]}, as for the others`);
  }
}

function checkOutcomes(opinion: Opinion, outcomes: readonly string[], at: (field: string) => Place): void {
  const same =
    opinion.outcomes.length === outcomes.length &&
    opinion.outcomes.every((name, index) => name === outcomes[index]);
  if (same) return;
  throw rejection("OPINION_DIMENSION", at("outcomes"), opinion.outcomes.join(", "), outcomes.join(", "));
}
