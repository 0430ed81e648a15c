/** Options that several commands share. */
import type { CommandOption } from "./command.ts";

export const dataOptions: readonly CommandOption[] = [
  {
    flags: "--csv <file...>",
    description:
      "market data from CSV files: date, symbol, close; open, high, low, adj_close, volume if there",
  },
  {
    flags: "--facts <file...>",
    description:
      "dated facts from CSV files (or kind=file): what agents such as sentiment and fundamentals read",
  },
  { flags: "--symbol <symbol>", description: "the symbol of CSV files without a symbol column" },
  { flags: "--index <symbol>", description: "which symbol of the CSV files is the market's index" },
  { flags: "--strict", description: "let a bad row in a CSV file be an error" },
  { flags: "--bundled", description: "the bundled sample, whatever the configuration says" },
];

export const workflowOption: CommandOption = {
  flags: "--workflow <name>",
  description:
    "the workflow to ask; its input is { asOf, universe } (default: the project's only one, else investment-committee)",
};

export const inputOption: CommandOption = {
  flags: "--input <json>",
  description: "the input as JSON, `@file`, or `-` for standard input",
};

export const graceOption: CommandOption = {
  flags: "--grace <seconds>",
  description: "how long what is in hand may take when it is told to end, 0 to 3600",
  default: "30",
};
