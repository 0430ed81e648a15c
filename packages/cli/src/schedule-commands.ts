/** The words of the commands about schedules and backfills. */
import type { CommandSpec } from "./command.ts";
import { dataOptions } from "./command-options.ts";

const scheduleArgument = {
  name: "schedule",
  description: "a schedule's name; see `mycroft schedule list`",
  required: true,
} as const;

const backfillArgument = {
  name: "id",
  description: "a backfill's id; see `mycroft backfill list`",
  required: true,
} as const;

export const scheduleCommands: readonly CommandSpec[] = [
  {
    name: "schedule list",
    group: "Schedules",
    summary: "List the project's schedules: when they fire, when they last did, and what is under way",
    arguments: [],
    options: [],
    examples: ["mycroft schedule list"],
    load: () => import("./commands/schedule-list.ts"),
  },
  {
    name: "schedule pause",
    group: "Schedules",
    summary: "Let a schedule fire no more until it is resumed; its runs under way go on",
    arguments: [scheduleArgument],
    options: [],
    examples: ["mycroft schedule pause nightly"],
    load: () => import("./commands/schedule-pause.ts"),
  },
  {
    name: "schedule resume",
    group: "Schedules",
    summary: "Let a paused schedule fire again",
    arguments: [scheduleArgument],
    options: [
      {
        flags: "--catch-up <rule>",
        description:
          "what of the firings missed meanwhile is done: all, latest, none (default: as it says itself)",
      },
    ],
    examples: ["mycroft schedule resume nightly", "mycroft schedule resume nightly --catch-up none"],
    load: () => import("./commands/schedule-resume.ts"),
  },
  {
    name: "schedule trigger",
    group: "Schedules",
    summary: "Start a schedule's run now, out of turn",
    arguments: [scheduleArgument],
    options: dataOptions,
    examples: ["mycroft schedule trigger nightly"],
    load: () => import("./commands/schedule-trigger.ts"),
  },
  {
    name: "backfill",
    group: "Schedules",
    summary: "Start the runs that a schedule would have started between two days",
    arguments: [scheduleArgument],
    options: [
      { flags: "--from <date>", description: "the first day, YYYY-MM-DD, in the schedule's time zone" },
      { flags: "--to <date>", description: "the last day, included" },
      {
        flags: "--concurrency <n>",
        description: "how many runs are under way at once, 1 to 1000",
        default: "10",
      },
      { flags: "--newest-first", description: "begin with the last day" },
      ...dataOptions,
    ],
    examples: ["mycroft backfill nightly --from 2010-01-01 --to 2010-02-26 --concurrency 4"],
    load: () => import("./commands/backfill.ts"),
  },
  {
    name: "backfill list",
    group: "Schedules",
    summary: "List the backfills, and how far they are",
    arguments: [],
    options: [],
    examples: ["mycroft backfill list"],
    load: () => import("./commands/backfill-list.ts"),
  },
  {
    name: "backfill resume",
    group: "Schedules",
    summary: "Go on with a backfill that was interrupted",
    arguments: [backfillArgument],
    options: dataOptions,
    examples: ["mycroft backfill resume ID"],
    load: () => import("./commands/backfill-resume.ts"),
  },
  {
    name: "backfill cancel",
    group: "Schedules",
    summary: "Let a backfill start nothing more, and cancel its runs under way",
    arguments: [backfillArgument],
    options: [],
    examples: ["mycroft backfill cancel ID"],
    load: () => import("./commands/backfill-cancel.ts"),
  },
];
