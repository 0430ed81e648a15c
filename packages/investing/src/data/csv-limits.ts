/** The limits on what is read from CSV files (P8). An error that a limit causes names it. */
export const csvLimits = {
  /** Bytes of one file, unless an option says otherwise. */
  fileBytes: 1024 ** 3,
  symbols: 50_000,
  /** Bytes of one record: an opening quote that is never closed ends here. */
  recordBytes: 64 * 1024,
  sourceLength: 200,
} as const;
