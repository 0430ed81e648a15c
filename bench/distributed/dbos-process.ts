/** DBOS in a process of its own, as `bench/peers` runs it: its workflows are called where they are executed. */
import type { OpenSystem } from "../peers/system.ts";
import { drive } from "./load.ts";
import type { DriverOperations } from "./operations.ts";

export interface DbosSetting {
  readonly postgres: number;
  readonly folder: string;
}

/** Not named in an import, since the library is there only when it was installed. */
const library = "../peers/libraries/dbos.ts";

export async function open({ postgres, folder }: DbosSetting): Promise<DriverOperations> {
  const { open: openDbos }: { readonly open: OpenSystem } = await import(library);
  let executed = 0;
  const step = (): void => {
    executed += 1;
  };
  const system = await openDbos({ setting: "", folder, ports: { postgres }, step });
  return {
    async drive(load) {
      const { shape } = load;
      if (shape !== "chain" && shape !== "fan") throw new Error(`DBOS is not measured with ${shape}.`);
      const before = executed;
      const driven = await drive(load, () => system.run(shape));
      const steps = executed - before;
      if (steps !== driven.runs * 10) throw new Error(`${driven.runs} runs have executed ${steps} steps.`);
      return driven;
    },
    close: () => system.close(),
  };
}
