/**
 * The systems that are compared, with what each has on disk when a step's successor begins. The text says what was
 * found in its source and seen in its files, not what is promised.
 */
import type { ServerKind } from "./servers/start-server.ts";

/**
 * Whether a finished step survives a power cut (`fsync`), the death of the process alone (`process`), or neither
 * (`none`), at the moment at which its successor begins.
 */
export type Durability = "fsync" | "process" | "none";

export interface Entry {
  readonly name: string;
  /** Seen from this folder. */
  readonly module: string;
  readonly setting: string;
  /** The packages whose versions are stated. */
  readonly packages: readonly string[];
  readonly server?: ServerKind;
  readonly durability: Durability;
  readonly onDisk: string;
}

/** The one that all others are compared with. */
export const ours: Entry = {
  name: "Mycroft, SQLite",
  module: "./mycroft.ts",
  setting: "sqlite",
  packages: [],
  durability: "fsync",
  onDisk: "each step's result, in a commit with an fsync that runs of the same moment share",
};

export const peers: readonly Entry[] = [
  {
    name: "Restate, one partition",
    module: "./libraries/restate.ts",
    setting: "",
    packages: ["@restatedev/restate-server", "@restatedev/restate-sdk"],
    server: "restate",
    durability: "fsync",
    onDisk: "each step's result, in the server's log with an fsync that runs of the same moment share",
  },
  {
    name: "BullMQ flows, Redis",
    module: "./libraries/bullmq.ts",
    setting: "",
    packages: ["bullmq", "ioredis"],
    server: "redis",
    durability: "fsync",
    onDisk:
      "each job's result (appendonly yes, appendfsync always: one fsync for the commands of one moment)",
  },
  {
    name: "DBOS, Postgres",
    module: "./libraries/dbos.ts",
    setting: "",
    packages: ["@dbos-inc/dbos-sdk"],
    server: "postgres",
    durability: "fsync",
    onDisk: "each step's result, in a commit of its own (fsync and synchronous_commit on, as Postgres comes)",
  },
  {
    name: "LangGraph, SQLite, fsync",
    module: "./libraries/langgraph.ts",
    setting: "sqlite-full",
    packages: ["@langchain/langgraph", "@langchain/langgraph-checkpoint-sqlite", "better-sqlite3"],
    durability: "fsync",
    onDisk: "each node's writes and one checkpoint for each superstep, each in a commit with an fsync",
  },
  {
    name: "LangGraph, SQLite, as it comes",
    module: "./libraries/langgraph.ts",
    setting: "sqlite",
    packages: ["@langchain/langgraph", "@langchain/langgraph-checkpoint-sqlite", "better-sqlite3"],
    durability: "process",
    onDisk:
      "the same, while the next superstep is under way already, and without an fsync (synchronous=NORMAL)",
  },
  {
    name: "Mastra, libSQL, fsync",
    module: "./libraries/mastra.ts",
    setting: "libsql-full",
    packages: ["@mastra/core", "@mastra/libsql"],
    durability: "fsync",
    onDisk: "a snapshot of the whole run before and after each step, each in a commit with an fsync",
  },
  {
    name: "Mastra, libSQL, no fsync",
    module: "./libraries/mastra.ts",
    setting: "libsql-normal",
    packages: ["@mastra/core", "@mastra/libsql"],
    durability: "process",
    onDisk: "the same, without an fsync (synchronous=NORMAL)",
  },
  {
    name: "Mastra, no storage",
    module: "./libraries/mastra.ts",
    setting: "none",
    packages: ["@mastra/core"],
    durability: "none",
    onDisk: "nothing",
  },
  {
    name: "LangGraph, MemorySaver",
    module: "./libraries/langgraph.ts",
    setting: "memory",
    packages: ["@langchain/langgraph"],
    durability: "none",
    onDisk: "nothing",
  },
];
