/** The limits on what an evaluation takes in (P7, P8). An error that a limit causes names it. */
export const evaluationLimits = {
  /** Bytes of one CSV file; it is read as a stream. */
  csvFileBytes: 1024 ** 3,
  /** Bytes of one JSON file; it is read whole. */
  jsonFileBytes: 256 * 1024 ** 2,
  /** Bytes of one record of a CSV file: an opening quote that is never closed ends here. */
  recordBytes: 1024 ** 2,
  rows: 5_000_000,
  periods: 100_000,
  /** Pairs of a period and a subject. */
  cases: 1_000_000,
  agents: 1_000,
  outcomes: 101,
  /** Numbers that are kept: forecasts times the outcomes of each. */
  numbers: 50_000_000,
  nameLength: 100,
  /** Of a subject's name. */
  subjectLength: 300,
  /** The largest size of a point forecast or outcome: its fourth power is still a number. */
  pointSize: 1e15,
  /** Problems of each kind that are kept one by one; all are counted. */
  problemsKept: 1_000,
  resamples: 20_000,
  delayPeriods: 1_000,
} as const;
