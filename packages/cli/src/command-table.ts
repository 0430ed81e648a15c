/** Every command's words. Nothing here loads what a command does, so that `mycroft --help` answers at once. */
import type { CommandOption, CommandSpec } from "./command.ts";

/** What every command understands. */
export const commonOptions: readonly CommandOption[] = [
  { flags: "--json", description: "print one JSON value to standard output, and nothing else there" },
  {
    flags: "--folder <dir>",
    description: "where the record (.mycroft) lies (default: the project's own folder)",
  },
  {
    flags: "--config <file>",
    description: "the project's configuration (default: ./mycroft.config.ts, if any)",
  },
  { flags: "--debug", description: "show the stack trace of a failure" },
];

const dataOptions: readonly CommandOption[] = [
  {
    flags: "--csv <file...>",
    description:
      "market data from CSV files: date, symbol, close; open, high, low, adj_close, volume if there",
  },
  { flags: "--symbol <symbol>", description: "the symbol of CSV files without a symbol column" },
  { flags: "--index <symbol>", description: "which symbol of the CSV files is the market's index" },
  { flags: "--strict", description: "let a bad row in a CSV file be an error" },
  { flags: "--bundled", description: "the bundled sample, whatever the configuration says" },
];

const asOfOption: CommandOption = {
  flags: "--as-of <date>",
  description: "the day beyond which nothing may look, YYYY-MM-DD (default: the data's last day)",
};

const workflowOption: CommandOption = {
  flags: "--workflow <name>",
  description:
    "the workflow to ask; its input is { asOf, universe } (default: the project's only one, else investment-committee)",
};

const runArgument = {
  name: "run",
  description: "a run's id, the beginning of one, `latest`, or `latest~1` for the one before",
  required: true,
} as const;

export const commandTable: readonly CommandSpec[] = [
  {
    name: "start",
    group: "Decide",
    summary: "Show what it does: the committee of agents decides on every company of the data",
    arguments: [],
    options: [workflowOption, ...dataOptions],
    examples: ["mycroft start", "mycroft start --csv prices.csv"],
    load: () => import("./commands/start.ts"),
  },
  {
    name: "decide",
    group: "Decide",
    summary: "Let the committee of agents decide on companies",
    arguments: [
      { name: "symbol", description: "companies by their symbols", required: true, variadic: true },
    ],
    options: [asOfOption, workflowOption, ...dataOptions],
    examples: ["mycroft decide AAPL IBM --as-of 2008-10-31", "mycroft decide MSFT --json"],
    load: () => import("./commands/decide.ts"),
  },
  {
    name: "run",
    group: "Decide",
    summary: "Run any workflow of the project",
    arguments: [{ name: "workflow", description: "see `mycroft workflows`", required: true }],
    options: [
      { flags: "--input <json>", description: "the input as JSON, `@file`, or `-` for standard input" },
      asOfOption,
      ...dataOptions,
    ],
    examples: [
      `mycroft run investment-committee --input '{"universe":["AAPL","IBM"]}'`,
      `mycroft run investment-committee --input '{"universe":["MSFT"],"horizonDays":91}' --as-of 2008-10-31`,
    ],
    load: () => import("./commands/run.ts"),
  },
  {
    name: "cancel",
    group: "Decide",
    summary: "Cancel a run that is under way",
    arguments: [runArgument],
    options: [{ flags: "--reason <text>", description: "why; it is put on record" }],
    examples: ['mycroft cancel latest --reason "wrong date"'],
    load: () => import("./commands/cancel.ts"),
  },
  {
    name: "runs",
    group: "Look back",
    summary: "List the runs on record, the newest first",
    arguments: [],
    options: [
      { flags: "--workflow <name>", description: "only runs of this workflow" },
      {
        flags: "--status <status>",
        description: "only runs that are running, succeeded, failed or cancelled",
      },
      { flags: "--limit <n>", description: "how many to list, 1 to 1000", default: "20" },
    ],
    examples: ["mycroft runs", "mycroft runs --status failed --limit 5"],
    load: () => import("./commands/runs.ts"),
  },
  {
    name: "show",
    group: "Look back",
    summary: "Show how a run went: its steps, attempts, times and errors",
    arguments: [runArgument],
    options: [
      { flags: "--task <id>", description: "one task in full: its attempts, input, output and error" },
      { flags: "--all", description: "every task and remark, however many, and long values unfolded" },
    ],
    examples: ["mycroft show latest", "mycroft show latest --task portfolio"],
    load: () => import("./commands/show.ts"),
  },
  {
    name: "explain",
    group: "Look back",
    summary: "Explain a run's decision on a company in words, from the record",
    arguments: [
      runArgument,
      { name: "symbol", description: "one of the companies that the run decided on", required: true },
    ],
    options: [],
    examples: ["mycroft explain latest MSFT"],
    load: () => import("./commands/explain.ts"),
  },
  {
    name: "replay",
    group: "Look back",
    summary: "Recompute a run from its record and say whether the decision is the same",
    arguments: [runArgument],
    options: dataOptions,
    examples: ["mycroft replay latest"],
    load: () => import("./commands/replay.ts"),
  },
  {
    name: "diff",
    group: "Look back",
    summary: "Show what differs between two runs, from inputs to decisions",
    arguments: [
      { ...runArgument, name: "left" },
      { ...runArgument, name: "right" },
    ],
    options: [
      { flags: "--limit <n>", description: "how many differences to list, 1 to 1000", default: "20" },
    ],
    examples: ["mycroft diff RUN latest"],
    load: () => import("./commands/diff.ts"),
  },
  {
    name: "agents",
    group: "Project",
    summary: "List the project's agents",
    arguments: [],
    options: [],
    examples: ["mycroft agents", "mycroft agents --json"],
    load: () => import("./commands/agents.ts"),
  },
  {
    name: "workflows",
    group: "Project",
    summary: "List the project's workflows and their steps",
    arguments: [],
    options: [],
    examples: ["mycroft workflows"],
    load: () => import("./commands/workflows.ts"),
  },
  {
    name: "graph",
    group: "Project",
    summary: "Draw a workflow's steps as text or as a Mermaid diagram",
    arguments: [{ name: "workflow", description: "see `mycroft workflows`", required: true }],
    options: [{ flags: "--mermaid", description: "print a Mermaid diagram" }],
    examples: ["mycroft graph investment-committee", "mycroft graph investment-committee --mermaid"],
    load: () => import("./commands/graph.ts"),
  },
  {
    name: "doctor",
    group: "Project",
    summary: "Say what is there, what is missing, and what to do about it",
    arguments: [],
    options: dataOptions,
    examples: ["mycroft doctor", "mycroft doctor --csv prices.csv"],
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "init",
    group: "Project",
    summary: "Write a small working project with an agent and a workflow of your own",
    arguments: [{ name: "dir", description: "the folder to create it in", required: true }],
    options: [],
    examples: ["mycroft init my-project"],
    load: () => import("./commands/init.ts"),
  },
];
