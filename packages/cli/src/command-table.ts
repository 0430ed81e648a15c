/** Every command's words. Nothing here loads what a command does, so that `mycroft --help` answers at once. */
import { backtestCommands } from "./backtest-commands.ts";
import { clusterCommands } from "./cluster-commands.ts";
import type { CommandFamily, CommandOption, CommandSpec } from "./command.ts";
import { dataOptions, graceOption, inputOption, workflowOption } from "./command-options.ts";
import { evaluateCommand } from "./evaluate-command.ts";
import { scheduleCommands } from "./schedule-commands.ts";
import { keyCommands, pageOptions, serverOptions } from "./web-commands.ts";

/** Of every command too: where runs are kept and what carries their tasks, when several machines work together. */
export const hostOptions: readonly CommandOption[] = [
  {
    flags: "--store <place>",
    description:
      "where runs are kept: a folder, or postgres://USER:PASSWORD@HOST:5432/DATABASE (MYCROFT_STORE)",
  },
  {
    flags: "--queue <url>",
    description: "what hands out tasks when runs are on Postgres: redis://HOST:6379/0 (MYCROFT_QUEUE)",
  },
  {
    flags: "--bus <url>",
    description: "what carries messages between agents (MYCROFT_BUS; default: as --queue)",
  },
  {
    flags: "--cluster <name>",
    description: "keeps clusters on the same servers apart (MYCROFT_CLUSTER; default: mycroft)",
  },
];

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

const asOfOption: CommandOption = {
  flags: "--as-of <date>",
  description: "the day beyond which nothing may look, YYYY-MM-DD (default: the data's last day)",
};

const runArgument = {
  name: "run",
  description: "a run's id, the beginning of one, `latest`, or `latest~1` for the one before",
  required: true,
} as const;

const noWaitOption: CommandOption = {
  flags: "--no-wait",
  description: "put it on record, and leave the work to the next command that runs something",
};

export const commandFamilies: readonly CommandFamily[] = [
  {
    name: "schedule",
    group: "Schedules",
    summary: "List, pause, resume or trigger the project's schedules",
  },
  {
    name: "keys",
    group: "Project",
    summary: "Create, list or revoke the server's keys",
  },
];

export const commandTable: readonly CommandSpec[] = [
  {
    name: "start",
    group: "Decide",
    summary: "Let the committee decide on every company, and show how in the browser",
    arguments: [],
    options: [workflowOption, ...pageOptions, ...serverOptions, graceOption, ...dataOptions],
    examples: ["mycroft start", "mycroft start --no-web", "mycroft start --csv prices.csv"],
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
      inputOption,
      asOfOption,
      { flags: "--tag <tag...>", description: "words to find the run by; see `mycroft runs --tag`" },
      {
        flags: "--key <key>",
        description: "start it once: a run that was started under this key before is shown instead",
      },
      ...dataOptions,
    ],
    examples: [
      `mycroft run investment-committee --input '{"universe":["AAPL","IBM"]}'`,
      `mycroft run investment-committee --input '{"universe":["MSFT"],"horizonDays":91}' --as-of 2008-10-31`,
    ],
    load: () => import("./commands/run.ts"),
  },
  ...backtestCommands,
  {
    name: "up",
    group: "Decide",
    summary: "Keep running: schedules, runs that were left, the page, other commands",
    arguments: [],
    options: [...serverOptions, graceOption, ...dataOptions],
    examples: [
      "mycroft up",
      "mycroft up --listen 0.0.0.0 --public-host mycroft.example.org",
      "mycroft up --csv prices.csv --json",
      "mycroft up --store postgres://mycroft@localhost:5432/mycroft --queue redis://localhost:6379/0",
    ],
    load: () => import("./commands/up.ts"),
  },
  {
    name: "approve",
    group: "Steer a run",
    summary: "Approve or reject what a run asks of a person",
    arguments: [
      runArgument,
      {
        name: "task",
        description: "which task, when several of the run's wait for a verdict",
        required: false,
      },
    ],
    options: [
      { flags: "--reject", description: "reject it" },
      { flags: "--by <name>", description: "who decides (default: the user of this machine)" },
      { flags: "--comment <text>", description: "why; it is put on record" },
      noWaitOption,
      ...dataOptions,
    ],
    examples: ["mycroft approve latest", 'mycroft approve RUN sign-off --reject --comment "too risky"'],
    load: () => import("./commands/approve.ts"),
  },
  {
    name: "signal",
    group: "Steer a run",
    summary: "Send a run a signal that it waits for, or will",
    arguments: [runArgument, { name: "name", description: "the signal's name", required: true }],
    options: [
      { flags: "--data <json>", description: "what it says, as JSON, `@file`, or `-` for standard input" },
      { flags: "--key <key>", description: "for which of several waits it is" },
      { flags: "--id <id>", description: "two signals of a run with the same id count once" },
      noWaitOption,
      ...dataOptions,
    ],
    examples: [`mycroft signal RUN prices-are-in --data '{"day":"2026-01-05"}'`],
    load: () => import("./commands/signal.ts"),
  },
  {
    name: "cancel",
    group: "Steer a run",
    summary: "Cancel a run that is under way, or one task of it",
    arguments: [runArgument],
    options: [
      { flags: "--task <id>", description: "only this task; what follows sees it as failed" },
      { flags: "--reason <text>", description: "why; it is put on record" },
    ],
    examples: ['mycroft cancel latest --reason "wrong date"', "mycroft cancel RUN --task report"],
    load: () => import("./commands/cancel.ts"),
  },
  {
    name: "retry",
    group: "Steer a run",
    summary: "Do again what failed in a run, as a new run that takes over the rest",
    arguments: [runArgument],
    options: [noWaitOption, ...dataOptions],
    examples: ["mycroft retry latest"],
    load: () => import("./commands/retry.ts"),
  },
  {
    name: "fork",
    group: "Steer a run",
    summary: "Do a part of a run again, as a new run, with something changed",
    arguments: [runArgument],
    options: [
      {
        flags: "--from <task...>",
        description: "tasks or steps to do again, with all that follows them",
      },
      { ...inputOption, description: `another input: ${inputOption.description}` },
      {
        flags: "--set <task=json...>",
        description: "state a task's output instead of taking it from the run: JSON, or `@file`",
      },
      noWaitOption,
      ...dataOptions,
    ],
    examples: ["mycroft fork latest --from portfolio", `mycroft fork RUN --set 'review={"ok":true}'`],
    load: () => import("./commands/fork.ts"),
  },
  ...clusterCommands,
  ...scheduleCommands,
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
      { flags: "--tag <tag>", description: "only runs with this tag, such as schedule:nightly" },
      { flags: "--of <run>", description: "the child runs of this run, which are not listed otherwise" },
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
    name: "logs",
    group: "Look back",
    summary: "Show what a run's agents and functions have written to their logs",
    arguments: [runArgument],
    options: [
      { flags: "--task <id>", description: "of one task only" },
      {
        flags: "--level <level>",
        description: "what weighs less is passed over: debug, info, warn or error",
      },
      { flags: "--all", description: "every line, however many, and long ones unfolded" },
    ],
    examples: ["mycroft logs latest", "mycroft logs latest --level warn"],
    load: () => import("./commands/logs.ts"),
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
    summary: "Recompute a run from its record, and say whether it decides the same",
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
  evaluateCommand,
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
    name: "pools",
    group: "Project",
    summary: "List the pools of slots that steps share, and what is in them",
    arguments: [],
    options: [],
    examples: ["mycroft pools"],
    load: () => import("./commands/pools.ts"),
  },
  ...keyCommands,
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
