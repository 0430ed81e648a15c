/** Mycroft's turns: what it does in a second and how long one step takes, and whether tasks that wait slow it down. */
import { type Load, unlimited } from "./load.ts";
import { type ClusterSize, type Drivers, RunningCluster } from "./running-cluster.ts";
import { type Cast, type Sample, takeSample, type Work } from "./sample.ts";
import type { Settings } from "./settings.ts";
import { runsAtOnce, shapes, type Turn } from "./turn.ts";

/** What the loads are called that have the cluster to themselves, by who starts the runs. */
export const latencyLoads: Readonly<Record<Drivers, string>> = {
  orchestrators: "one step alone",
  client: "one step alone, by a client",
};

export function nameOf({ orchestrators, workers }: ClusterSize): string {
  return `Mycroft ${orchestrators}+${workers}`;
}

const storeOnDisk =
  "each step's result, in Postgres with an fsync that steps of the same moment share; Redis holds ids in memory only";

/** Runs that are started where they are advanced. */
export function throughputTurn(size: ClusterSize): Turn {
  return {
    name: nameOf(size),
    onDisk: storeOnDisk,
    measure: (settings) =>
      RunningCluster.run(size, (cluster) =>
        measureShapes({ cluster, size, settings, drivers: "orchestrators" }),
      ),
  };
}

/** Runs that are started by a client; and the time that one step takes with nothing else going on. */
export function clientTurn(size: ClusterSize): Turn {
  const system = nameOf(size);
  return {
    name: `${system}, by a client, and alone`,
    onDisk: storeOnDisk,
    measure: (settings) =>
      RunningCluster.run(size, async (cluster) => {
        const { latencyRuns } = settings;
        const samples = [...(await measureShapes({ cluster, size, settings, drivers: "client" }))];
        for (const drivers of ["orchestrators", "client"] as const) {
          const load: Load = { shape: "one", atOnce: 1, maxRuns: latencyRuns, maxMs: unlimited };
          await cluster.drive({ ...load, maxRuns: Math.ceil(latencyRuns / 2) }, drivers);
          const work = () => cluster.drive(load, drivers);
          const name = { system, load: latencyLoads[drivers] };
          samples.push(await takeSample(name, castOf(cluster, drivers), work));
        }
        return samples;
      }),
  };
}

interface ShapesMeasurement {
  readonly cluster: RunningCluster;
  readonly size: ClusterSize;
  readonly settings: Settings;
  readonly drivers: Drivers;
}

async function measureShapes({
  cluster,
  size,
  settings,
  drivers,
}: ShapesMeasurement): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (const shape of shapes) {
    const load: Load = { shape, atOnce: runsAtOnce, maxRuns: unlimited, maxMs: settings.measureMs };
    await cluster.drive({ ...load, maxMs: settings.warmUpMs }, drivers);
    const name = { system: nameOf(size), load: drivers === "client" ? `${shape}, by a client` : shape };
    samples.push(await takeSample(name, castOf(cluster, drivers), () => cluster.drive(load, drivers)));
  }
  return samples;
}

/** A client that has nothing to do takes no part. */
function castOf({ cast }: RunningCluster, drivers: Drivers): Cast {
  if (drivers === "client") return cast;
  const { client: _, ...others } = cast;
  return others;
}

/** What tasks are in when few of them wait: so many runs under way, each of so many tasks. */
const few = { shape: "map", items: 100, atOnce: 10 } as const;
/** In what size of run the many come. */
const backlogItems = [100, 10_000] as const;

export const backlogLoads = {
  few: "few wait",
  many: (tasks: number, items: number): string => `${tasks} wait, in runs of ${items}`,
  workedOff: (many: string): string => `${many}: worked off`,
};

/** Tasks that wait, few and many and few again: see `RunningCluster.keepWaiting`. */
export function backlogTurn(size: ClusterSize): Turn {
  const system = `${nameOf(size)}, backlog`;
  return {
    name: system,
    onDisk: storeOnDisk,
    measure: ({ backlog, measureMs, warmUpMs }) =>
      RunningCluster.run(size, async (cluster) => {
        const samples: Sample[] = [];
        const add = async (load: string, work: Work): Promise<void> => {
          // The processor time would be that of the filling, too.
          samples.push(await takeSample({ system, load }, {}, async () => work));
        };
        await cluster.drive({ ...few, maxRuns: unlimited, maxMs: warmUpMs }, "orchestrators");
        await add(backlogLoads.few, (await cluster.keepWaiting(few, measureMs)).kept);
        for (const most of backlogItems) {
          const items = Math.min(most, backlog);
          const atOnce = Math.ceil(backlog / items);
          const { kept, workedOff } = await cluster.keepWaiting({ shape: "map", items, atOnce }, measureMs);
          const many = backlogLoads.many(atOnce * items, items);
          await add(many, kept);
          await add(backlogLoads.workedOff(many), workedOff);
          await add(backlogLoads.few, (await cluster.keepWaiting(few, measureMs)).kept);
        }
        return samples;
      }),
  };
}
