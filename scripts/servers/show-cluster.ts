/** A cluster on one machine, from the start of its servers to their end, with one run in between. */
import { startPostgres, startPrivateRedis, whyNoServer } from "@mycroft/distributed/testing";
import { type ClusterProcess, runCommand, startProcess } from "./cluster-processes.ts";
import { ServerProblem } from "./server-problem.ts";

const orchestrators = 2;
const workers = 4;

interface Servers {
  readonly store: string;
  readonly queue: string;
  /** They were started for this, and end with it. */
  readonly areOwn: boolean;
  stop(): Promise<void>;
}

/** Throws `ServerProblem` when there are no servers, or a process does not do what it should. */
export async function showCluster(env: NodeJS.ProcessEnv): Promise<void> {
  const servers = await findServers(env);
  const processes: ClusterProcess[] = [];
  const stopAll = async () => {
    await Promise.all(processes.map((one) => one.stop()));
    await servers.stop();
  };
  // Whoever is told to end takes along what it has started.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void stopAll().finally(() => process.exit(1)));
  }
  const settings = { ...env, MYCROFT_STORE: servers.store, MYCROFT_QUEUE: servers.queue };
  try {
    console.log(`Starting ${orchestrators} orchestrators and ${workers} workers ...`);
    const words = [...Array(orchestrators).fill("orchestrator"), ...Array(workers).fill("worker")];
    // One after another: the first makes the store.
    for (const word of words) {
      const started = startProcess(word, settings);
      processes.push(started);
      await started.ready;
    }
    await runCommand(["start"], settings, "inherit");
    console.log(`\nWho did what, as the record says\n`);
    for (const line of whoDidWhat(await readAttempts(settings))) console.log(line);
    if (servers.areOwn) {
      console.log(
        "\nThe servers are gone now, and the run with them. `npm run postgres` and `npm run redis` give ones that stay,",
      );
      console.log("on which `npm run cluster` and the commands above work.");
    }
  } finally {
    await stopAll();
  }
}

async function findServers(env: NodeJS.ProcessEnv): Promise<Servers> {
  const { MYCROFT_STORE: store = "", MYCROFT_QUEUE: queue = "" } = env;
  if (store !== "" && queue !== "") return { store, queue, areOwn: false, stop: async () => {} };
  if (store !== "" || queue !== "") {
    throw new ServerProblem("Set both MYCROFT_STORE and MYCROFT_QUEUE, or neither for servers of its own.");
  }
  for (const kind of ["postgres", "redis"] as const) {
    if (whyNoServer(kind) !== false) throw new ServerProblem(String(whyNoServer(kind)));
  }
  console.log("Starting a Postgres and a Redis, which are gone when this ends ...");
  const postgres = await startPostgres({ isDurable: true });
  const redis = await startPrivateRedis();
  const stop = async () => {
    await redis.stop();
    await postgres.stop();
  };
  return { store: postgres.url, queue: redis.url, areOwn: true, stop };
}

interface Attempt {
  readonly worker: string;
  readonly step: string;
}

/** Of the newest run. */
async function readAttempts(env: NodeJS.ProcessEnv): Promise<readonly Attempt[]> {
  const text = await runCommand(["show", "latest", "--json"], env, "pipe");
  const { tasks } = JSON.parse(text) as {
    readonly tasks: readonly {
      readonly step: string;
      readonly attempts: readonly { readonly worker?: string | null }[];
    }[];
  };
  return tasks.flatMap(({ step, attempts }) =>
    attempts.map(({ worker }) => ({ step, worker: worker ?? "nobody" })),
  );
}

function whoDidWhat(attempts: readonly Attempt[]): readonly string[] {
  const byWorker = Map.groupBy(attempts, ({ worker }) => worker);
  const names = [...byWorker.keys()].sort();
  const width = Math.max("Worker".length, ...names.map((name) => name.length));
  const rows = names.map((name) => {
    const done = byWorker.get(name) ?? [];
    const steps = Array.from(
      Map.groupBy(done, ({ step }) => step),
      ([step, { length }]) => `${step} ${length}`,
    );
    return `${name.padEnd(width)}  ${String(done.length).padStart(5)}  ${steps.sort().join(", ")}`;
  });
  return [`${"Worker".padEnd(width)}  Tasks  By step`, ...rows];
}
