/** Three guided tours: each sets the Lab up and says in three sentences what to look at. What they claim is tested. */
import type { Fact, Opinion } from "@mycroft/ensemble";
import { newCase, setEvidence } from "./lab-case.ts";
import { initialState, type LabState, usualWorld } from "./lab-state.ts";
import type { TourName } from "./tour-names.ts";

export interface Tour {
  readonly name: TourName;
  readonly title: string;
  readonly sentences: readonly [string, string, string];
  /** The part of the page where it happens. */
  readonly part: "policies" | "conflict" | "time";
  readonly begin: () => LabState;
}

/** The policies whose weights the last tour is about. */
export const forgettingRules = ["boa", "past-score", "linear-pool"] as const;

export const tours: readonly Tour[] = [
  {
    name: "averaging",
    title: "Why averaging beats voting",
    part: "policies",
    sentences: [
      "Three agents lean up by a hair, and two are all but certain of down.",
      "Majority vote hears only who leans where, so it says up; the linear pool hears how far, and says down.",
      "Drag one of the sure agents to the middle and watch the mean move with every point, while the vote jumps once or not at all.",
    ],
    begin: () => ({
      ...initialState(),
      tour: "averaging",
      case: {
        ...newCase([
          { name: "hair-1", probabilities: [0.32, 0.32, 0.36] },
          { name: "hair-2", probabilities: [0.31, 0.33, 0.36] },
          { name: "hair-3", probabilities: [0.33, 0.31, 0.36] },
          { name: "sure-1", probabilities: [0.85, 0.1, 0.05] },
          { name: "sure-2", probabilities: [0.8, 0.15, 0.05] },
        ]),
        outcome: 0,
      },
    }),
  },
  {
    name: "facts",
    title: "When two facts contradict",
    part: "conflict",
    sentences: [
      "Two agents cite the same fact of the same day and give different values for it: one of them has bad data.",
      "The findings call that a factual conflict and name both sources, apart from the analytical one, where two agents read the same value differently.",
      "Open the facts of filings-b and set its growth to 0.12: the factual conflict is gone, and what is left is a difference of judgement.",
    ],
    begin: () => ({ ...initialState(), tour: "facts", case: contradiction() }),
  },
  {
    name: "forgetting",
    title: "A learner forgets a broken agent",
    part: "time",
    sentences: [
      "One agent is the best of all until, a little before the middle, it breaks and reads everything the wrong way round.",
      "Press play: boa gives it more than half of the weight and takes it back within ten rounds of the break; past-score lives on its old mean for twice as long, and the linear pool never learns.",
      "Look where the drift is flagged, some twenty rounds late since chance has to be ruled out first, and how the regret of each rule bends at the break.",
    ],
    begin: () => ({
      ...initialState(),
      tour: "forgetting",
      step: 0,
      time: {
        type: "world",
        world: {
          ...usualWorld,
          seed: 1,
          agents: [
            { name: "breaks", kind: "drifting" },
            { name: "steady-1", kind: "good" },
            { name: "steady-2", kind: "good" },
            { name: "biased", kind: "biased" },
          ],
        },
      },
    }),
  },
];

const factDay = "2025-12-31";

function growth(value: number, source: string): Fact {
  return { name: "revenue-growth", value, date: factDay, source };
}

function contradiction() {
  const price: Fact = { name: "momentum-12m", value: 0.31, date: factDay, source: "prices" };
  const plain = newCase([
    { name: "filings-a", probabilities: [0.1, 0.3, 0.6] },
    { name: "filings-b", probabilities: [0.6, 0.3, 0.1] },
    { name: "momentum", probabilities: [0.2, 0.25, 0.55] },
    { name: "reversal", probabilities: [0.45, 0.35, 0.2] },
  ]);
  const evidence: Readonly<Record<Opinion["agent"], readonly Fact[]>> = {
    "filings-a": [growth(0.12, "10-K, first edition")],
    "filings-b": [growth(-0.04, "10-K, restated")],
    momentum: [price],
    reversal: [price],
  };
  return Object.entries(evidence).reduce((given, [agent, facts]) => setEvidence(given, agent, facts), plain);
}
