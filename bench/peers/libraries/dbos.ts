/**
 * DBOS: one registered workflow for each shape, called in the process that executes it, which spares it a queue in
 * Postgres. Steps beside each other are started in a fixed order and awaited together, as its documentation asks.
 */
import { DBOS } from "@dbos-inc/dbos-sdk";
import { middleSteps, type Shape, type System, type SystemOptions, stepsPerRun } from "../system.ts";

/** The default is 10; measured with 100 runs at a time, more connections than this made it no faster. */
const poolSize = 20;

export async function open({ ports, step }: SystemOptions): Promise<System> {
  const runStep = (name: string) => DBOS.runStep(async () => step(), { name });
  const chain = DBOS.registerWorkflow(
    async () => {
      for (let index = 0; index < stepsPerRun; index += 1) await runStep(`step-${index}`);
    },
    { name: "chain" },
  );
  const fan = DBOS.registerWorkflow(
    async () => {
      await runStep("first");
      await Promise.all(middleSteps.map((index) => runStep(`middle-${index}`)));
      await runStep("last");
    },
    { name: "fan" },
  );
  DBOS.setConfig({
    name: "bench",
    systemDatabaseUrl: `postgresql://postgres@127.0.0.1:${ports["postgres"]}/dbos`,
    systemDatabasePoolSize: poolSize,
    logLevel: "error",
  });
  await DBOS.launch();
  return {
    // Not called as a method: DBOS takes `this` for an instance that it should know.
    run: (shape: Shape) => (shape === "chain" ? chain() : fan()),
    close: () => DBOS.shutdown(),
  };
}
