/**
 * Mastra: one workflow for each shape, without schemas to check and without events that nobody listens to. Its libSQL
 * store sets `synchronous=NORMAL` on one of its connections and then writes on another (counted: an fsync for most
 * snapshots); here all of them are set alike, to FULL or to NORMAL.
 */
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { Mastra } from "@mastra/core/mastra";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { LibSQLStore } from "@mastra/libsql";
import { z } from "zod";
import { middleSteps, type Shape, type System, type SystemOptions, stepsPerRun } from "../system.ts";

const anything = z.any();
/** Of a libSQL client, unless it is told otherwise. */
const maxConnections = 20;

/** As the store sets them for a file. */
const otherPragmas = ["temp_store = MEMORY", "cache_size = -16000", "mmap_size = 134217728"];

const options = { validateInputs: false, emitStepEvents: false };

export async function open({ setting, folder, step }: SystemOptions): Promise<System> {
  const workflows = { chain: chain(step), fan: fan(step) };
  const storage =
    setting === "none" ? null : await openStorage(folder, setting === "libsql-full" ? "FULL" : "NORMAL");
  const mastra = new Mastra({ workflows, logger: false, ...(storage === null ? {} : { storage }) });
  return {
    async run(shape: Shape) {
      const run = await mastra.getWorkflow(shape).createRun();
      const { status } = await run.start({ inputData: {} });
      if (status !== "success") throw new Error(`A run has ended with ${status}.`);
    },
    async close() {
      await storage?.close();
    },
  };
}

async function openStorage(folder: string, synchronous: "FULL" | "NORMAL"): Promise<LibSQLStore> {
  const client = createClient({ url: `file:${join(folder, "mastra.sqlite")}` });
  const storage = new LibSQLStore({ id: "bench", client });
  await storage.init();
  for (const pragma of [`synchronous = ${synchronous}`, ...otherPragmas]) {
    await onEveryConnection(() => client.execute(`PRAGMA ${pragma}`));
  }
  return storage;
}

/** Statements that are begun together each take a connection of their own, up to as many as the client has. */
async function onEveryConnection(execute: () => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: maxConnections }, execute));
}

function stepOf(id: string, step: () => void) {
  const execute = async () => {
    step();
    return {};
  };
  return createStep({ id, inputSchema: anything, outputSchema: anything, execute });
}

function chain(step: () => void) {
  const empty = createWorkflow({ id: "chain", inputSchema: anything, outputSchema: anything, options });
  let workflow = empty.then(stepOf("step-0", step));
  for (let index = 1; index < stepsPerRun; index += 1)
    workflow = workflow.then(stepOf(`step-${index}`, step));
  return workflow.commit();
}

function fan(step: () => void) {
  const middle = middleSteps.map((index) => stepOf(`middle-${index}`, step));
  return createWorkflow({ id: "fan", inputSchema: anything, outputSchema: anything, options })
    .then(stepOf("first", step))
    .parallel(middle)
    .then(stepOf("last", step))
    .commit();
}
