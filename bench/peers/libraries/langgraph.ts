/**
 * LangGraph: one graph for each shape, one thread for each run. Nodes return nothing, so that there is no state to
 * write but LangGraph's own. With fsync, checkpoints are also awaited before the next superstep (`sync`); in memory
 * they are made at the end alone (`exit`), which is the fastest that it offers.
 */
import { join } from "node:path";
import {
  Annotation,
  type BaseCheckpointSaver,
  END,
  MemorySaver,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import Database from "better-sqlite3";
import { middleSteps, type Shape, type System, type SystemOptions, stepsPerRun } from "../system.ts";

const State = Annotation.Root({ value: Annotation<null> });

const durabilities = { "sqlite-full": "sync", sqlite: "async", memory: "exit" } as const;

export async function open({ setting, folder, step }: SystemOptions): Promise<System> {
  if (setting !== "sqlite-full" && setting !== "sqlite" && setting !== "memory") {
    throw new Error(`LangGraph has no setting ${setting} here.`);
  }
  const database = setting === "memory" ? null : openDatabase(join(folder, "checkpoints.sqlite"), setting);
  const checkpointer = database === null ? new MemorySaver() : new SqliteSaver(database);
  const graphs = { chain: chain(step, checkpointer), fan: fan(step, checkpointer) };
  const durability = durabilities[setting];
  let threads = 0;
  return {
    async run(shape: Shape) {
      threads += 1;
      await graphs[shape].invoke({}, { durability, configurable: { thread_id: `${threads}` } });
    },
    async close() {
      database?.close();
    },
  };
}

function openDatabase(file: string, setting: "sqlite-full" | "sqlite"): Database.Database {
  const database = new Database(file);
  // The saver sets the same mode; `synchronous` stays at what better-sqlite3 makes of it, which is NORMAL.
  database.pragma("journal_mode = WAL");
  if (setting === "sqlite-full") database.pragma("synchronous = FULL");
  return database;
}

function nodeOf(step: () => void) {
  return async () => {
    step();
    return {};
  };
}

function chain(step: () => void, checkpointer: BaseCheckpointSaver) {
  const names = Array.from({ length: stepsPerRun }, (_, index) => `step-${index}`);
  const node = nodeOf(step);
  return new StateGraph(State)
    .addSequence(Object.fromEntries(names.map((name) => [name, node])))
    .addEdge(START, "step-0")
    .addEdge(`step-${stepsPerRun - 1}`, END)
    .compile({ checkpointer });
}

function fan(step: () => void, checkpointer: BaseCheckpointSaver) {
  const middle = middleSteps.map((index) => `middle-${index}`);
  const node = nodeOf(step);
  const nodes = Object.fromEntries(["first", ...middle, "last"].map((name) => [name, node]));
  const graph = new StateGraph(State)
    .addNode(nodes)
    .addEdge(START, "first")
    .addEdge(middle, "last")
    .addEdge("last", END);
  for (const name of middle) graph.addEdge("first", name);
  return graph.compile({ checkpointer });
}
