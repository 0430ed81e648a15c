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
  /** Above this many opinions the pairwise matrix, which grows with their square, is left out. */
  pairwiseAgents: 200,
} as const;
