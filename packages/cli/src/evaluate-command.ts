/** The words of `mycroft evaluate`. */
import type { CommandSpec } from "./command.ts";

export const evaluateCommand: CommandSpec = {
  name: "evaluate",
  group: "Look back",
  summary: "Score agents and policies on your own forecasts and outcomes",
  arguments: [
    {
      name: "forecasts",
      description: "a CSV file, wide or long, or JSON of agents' findings",
      required: true,
    },
  ],
  options: [
    { flags: "--outcomes <file>", description: "the CSV file of what came true, if it is another one" },
    {
      flags: "--policy <names>",
      isCommaList: true,
      description: 'which policies, with commas between, and settings: boa,ewa:{"rate":5}; or all',
      default: "all",
    },
    {
      flags: "--score <name>",
      description: "rps, log, brier; of points: square, absolute, pinball (default: rps, or square)",
    },
    { flags: "--level <quantile>", description: "the quantile that the pinball score asks for" },
    { flags: "--period <column>", description: "the column of the period; this and the next are guessed" },
    { flags: "--subject <column>", description: "the column of what is forecast" },
    { flags: "--agent <column>", description: "the column of who forecasts" },
    {
      flags: "--probabilities <columns>",
      isCommaList: true,
      description: "the columns of the outcomes, the lowest first: p1,p2,p3",
    },
    { flags: "--value <column>", description: "the column of one probability, or of one point" },
    { flags: "--outcome <column>", description: "long files: the column that names a row's outcome" },
    {
      flags: "--observed <columns>",
      isCommaList: true,
      description: "the columns of what came true: one, or one for each outcome",
    },
    { flags: "--binary", description: "single values are probabilities of `up` over down and up" },
    {
      flags: "--rename <names>",
      isCommaList: true,
      description: "subjects that changed their names: FB=META,TWTR=X",
    },
    {
      flags: "--tolerance <share>",
      description: "how far probabilities may be below zero, or their sum off one, and be repaired, 0 to 0.2",
      default: "0.02",
    },
    { flags: "--strict", description: "let anything that is repaired, dropped or missing be an error" },
    {
      flags: "--delay <periods>",
      description: "after how many further periods outcomes are known, 0 to 1000",
      default: "0",
    },
    { flags: "--seed <n>", description: "of the bootstrap's random numbers", default: "1" },
    {
      flags: "--resamples <n>",
      description: "how often the bootstrap draws, 100 to 20000",
      default: "2000",
    },
    { flags: "--html <file>", description: "also write a report with plots" },
  ],
  examples: [
    "mycroft evaluate forecasts.csv --outcomes outcomes.csv --html report.html",
    "mycroft evaluate experts.csv --observed Y --score absolute --policy linear-pool,median",
    "mycroft evaluate findings.json --outcomes moves.csv --score brier --json",
  ],
  load: () => import("./commands/evaluate.ts"),
};
