/** The limits on what the ensemble takes in (P7, P8). An error that a limit causes names it. */
export const ensembleLimits = {
  views: 1_000,
  outcomes: 101,
  horizonDays: 3_660,
  evidenceFacts: 100,
  nameLength: 100,
  textLength: 4_000,
  /** How far a distribution's sum may be off one. */
  probabilitySumTolerance: 1e-6,
  /** A fixed weight that a person states, relative to the weight 1 of an agent for which nothing is stated. */
  statedWeightMin: 1e-6,
  statedWeightMax: 1e6,
  /** A point forecast lies between minus this and this: sums of squares of such numbers stay finite. */
  pointMagnitude: 1e15,
  unitLength: 20,
  /** Agents that a learner remembers, asleep or not. */
  learnerAgents: 1_000,
  /** Market regimes, or other contexts, whose weights are learned apart. */
  learnedContexts: 20,
  /** Forecasts that wait for their outcomes. */
  pendingCases: 1_000_000,
  caseIdLength: 300,
  /** Stacking keeps a number for each pair of agents, and fits with their square. */
  stackedAgents: 200,
  /** Above this many opinions the pairwise matrix, which grows with their square, is left out. */
  pairwiseAgents: 200,
} as const;
