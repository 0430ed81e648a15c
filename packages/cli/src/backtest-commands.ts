/** The words of the commands that run workflows over history. */
import type { CommandSpec } from "./command.ts";
import { dataOptions, inputOption, workflowOption } from "./command-options.ts";

export const backtestCommands: readonly CommandSpec[] = [
  {
    name: "backtest",
    group: "Decide",
    summary: "Run a workflow over history, against benchmarks",
    arguments: [],
    options: [
      {
        flags: "--from <date>",
        description: "the first day of decisions, YYYY-MM-DD (default: the data's first)",
      },
      { flags: "--to <date>", description: "the last day (default: the data's last)" },
      {
        flags: "--every <n>",
        description: "decide on every n-th trading day, or on the first of each `week` or `month`",
        default: "1",
      },
      {
        flags: "--universe <symbols>",
        isCommaList: true,
        description: "companies, with commas (default: all that are known on the day)",
      },
      {
        flags: "--policy <names>",
        isCommaList: true,
        description:
          'policies to set side by side, with commas, and settings: boa,ewa:{"rate":5} (default: the workflow\'s own)',
      },
      {
        flags: "--without <agents>",
        isCommaList: true,
        description: "also without each of these agents, with commas",
      },
      { flags: "--cost <bps>", description: "fees in basis points of what is traded", default: "5" },
      {
        flags: "--slippage <bps>",
        description: "how far prices move against a trade, in basis points",
        default: "5",
      },
      { flags: "--seed <n>", description: "the seed of the intervals' resampling", default: "1" },
      {
        ...inputOption,
        description: "more of the workflow's input, beside asOf and universe: JSON, `@file` or `-`",
      },
      { flags: "--html <file>", description: "write a page with plots" },
      {
        flags: "--threads <n>",
        description: "how many threads decide (default: one for each core, up to 4)",
      },
      workflowOption,
      ...dataOptions,
    ],
    examples: [
      "mycroft backtest --every month",
      "mycroft backtest --policy linear-pool,past-score --without macro --html backtest.html",
    ],
    load: () => import("./commands/backtest.ts"),
  },
  {
    name: "backtest list",
    group: "Decide",
    summary: "List the backtests on record",
    arguments: [],
    options: [],
    examples: ["mycroft backtest list"],
    load: () => import("./commands/backtest-list.ts"),
  },
  {
    name: "backtest forget",
    group: "Decide",
    summary: "Take a backtest from the record",
    arguments: [
      { name: "id", description: "a backtest's id, the beginning of one, or `latest`", required: true },
    ],
    options: [],
    examples: ["mycroft backtest forget ID"],
    load: () => import("./commands/backtest-forget.ts"),
  },
  {
    name: "backtest explain",
    group: "Decide",
    summary: "Do one day of a backtest again, check it, and explain its decision on a company",
    arguments: [
      { name: "id", description: "a backtest's id, the beginning of one, or `latest`", required: true },
      { name: "symbol", description: "one of the companies", required: true },
    ],
    options: [
      { flags: "--date <date>", description: "the day, YYYY-MM-DD (default: the last one on record)" },
      { flags: "--variant <name>", description: "which of the variants (default: the first)" },
      ...dataOptions,
    ],
    examples: ["mycroft backtest explain latest AAPL --date 2009-03-02"],
    load: () => import("./commands/backtest-explain.ts"),
  },
];
