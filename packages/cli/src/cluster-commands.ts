/** The words of the commands for many machines. */
import type { CommandSpec } from "./command.ts";
import { dataOptions, graceOption } from "./command-options.ts";

export const clusterCommands: readonly CommandSpec[] = [
  {
    name: "worker",
    group: "Many machines",
    summary: "Execute tasks of a cluster, until it is told to end",
    arguments: [],
    options: [
      {
        flags: "--pool <pool...>",
        description: "whose tasks it takes, as NAME or NAME=CONCURRENCY (default: those of every pool)",
      },
      {
        flags: "--concurrency <n>",
        description: "how many tasks of a pool are in hand at once, 1 to 10000",
        default: "16",
      },
      graceOption,
      ...dataOptions,
    ],
    examples: ["mycroft worker", "mycroft worker --pool default=4 --concurrency 16"],
    load: () => import("./commands/worker.ts"),
  },
  {
    name: "orchestrator",
    group: "Many machines",
    summary: "Advance the runs of a cluster and fire its schedules, until told to end",
    arguments: [],
    options: [graceOption, ...dataOptions],
    examples: ["mycroft orchestrator"],
    load: () => import("./commands/orchestrator.ts"),
  },
  {
    name: "workers",
    group: "Many machines",
    summary: "List a cluster's processes that are alive, and what they have in hand",
    arguments: [],
    options: [],
    examples: ["mycroft workers", "mycroft workers --json"],
    load: () => import("./commands/workers.ts"),
  },
  {
    name: "queues",
    group: "Many machines",
    summary: "List what waits in a cluster's pools, since when, and why",
    arguments: [],
    options: [],
    examples: ["mycroft queues", "mycroft queues --json"],
    load: () => import("./commands/queues.ts"),
  },
  {
    name: "migrate-store",
    group: "Many machines",
    summary: "Move everything on record to Postgres, and verify it there",
    arguments: [
      {
        name: "from",
        description:
          "the folder of a record (.mycroft), or the one that it lies in; nobody may be working on it",
        required: true,
      },
      {
        name: "to",
        description:
          "postgres://USER:PASSWORD@HOST:5432/DATABASE; without a password, that of the environment's PGPASSWORD",
        required: true,
      },
    ],
    options: [
      {
        flags: "--schema <name>",
        description: "the schema of the database that is to hold it; it must hold nothing else",
        default: "mycroft",
      },
    ],
    examples: ["mycroft migrate-store .mycroft postgres://mycroft@localhost:5432/mycroft"],
    load: () => import("./commands/migrate-store.ts"),
  },
];
