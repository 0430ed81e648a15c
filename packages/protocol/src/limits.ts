/** The limits on what crosses a wire (P7, P8). An error that a limit causes names it by these names. */
export const limits = {
  rationaleLength: 4_000,
  reasonLength: 1_000,
  evidenceFacts: 100,
  factNameLength: 100,
  factTextLength: 500,
  outcomes: 101,
  subjectLength: 32,
  nameLength: 100,
  /** Bytes of JSON that one output may take. */
  outputBytes: 8 * 1024 * 1024,
  /** Levels of lists and objects in a run's input. */
  inputDepth: 100,
  /** How far a distribution's sum may be off one. */
  probabilitySumTolerance: 1e-6,
} as const;
