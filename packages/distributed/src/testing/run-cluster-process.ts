/**
 * A process of a test's cluster: an orchestrator or a worker on real servers, which may be killed, stopped and started anew. It
 * says what it does (`cluster-messages.ts`), closes on SIGTERM, and ends with whoever started it.
 */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import {
  type AttemptRequest,
  type SharedPorts,
  type SharedSettings,
  StoreClock,
  SystemClock,
  startOrchestratorProcess,
  startWorkerProcess,
} from "@mycroft/runtime";
import { openBullmqQueue } from "../bullmq-queue/bullmq-queue.ts";
import { connectCluster } from "../cluster/connect-cluster.ts";
import { openPostgresStore } from "../postgres-store/open-postgres-store.ts";
import { openRedisBus } from "../redis-bus/redis-bus.ts";
import { announce, type ClusterProcessSettings } from "./cluster-messages.ts";
import { mixedFunctions } from "./mixed-functions.ts";
import { type MixedFunction, narrowPool } from "./mixed-plans.ts";
import { shiftDate } from "./shifted-date.ts";

/** How many attempts a worker takes at once. */
const concurrency = { default: 16, [narrowPool]: 4 };
const slots = { [narrowPool]: { slots: 6 } };
/** How long attempts in hand may take to end on SIGTERM. */
const graceMs = 500;
/** Lost news are missed for so long. */
const pollMs = 200;

const onError = (thrown: unknown): void => {
  const { code, message } = asMycroftError(thrown);
  announce({ type: "failure", code, message });
};

type OpenPorts = SharedPorts & { close(): Promise<void> };

async function openPorts(settings: ClusterProcessSettings): Promise<OpenPorts> {
  const { storeUrl, queueUrl, cluster, leaseMs } = settings;
  const onWarning = (warning: MycroftError): void => onError(warning);
  if (leaseMs === null) {
    return connectCluster({
      store: storeUrl,
      queue: queueUrl,
      cluster,
      acceptsLoss: true,
      onError,
      onWarning,
    });
  }
  const store = await openPostgresStore({ url: storeUrl, schema: cluster, acceptsLoss: true });
  const clock = await StoreClock.start({ clock: new SystemClock(), storeTime: () => store.now(), onError });
  const redis = { url: queueUrl, prefix: cluster, onWarning };
  const queue = await openBullmqQueue({ ...redis, lockMs: leaseMs });
  const bus = await openRedisBus(redis);
  const close = async (): Promise<void> => {
    await queue.close();
    await bus.close();
    clock.stop();
    await store.close();
  };
  return { store, clock, queue, bus, close };
}

function settingsOf({ name, version, leaseMs }: ClusterProcessSettings): SharedSettings {
  const common = { name, version: `${version}`, onError };
  return leaseMs === null
    ? { ...common, dispatch: { pools: slots } }
    : { ...common, dispatch: { pools: slots, leaseMs }, pollMs };
}

async function startOrchestrator(ports: OpenPorts, settings: SharedSettings): Promise<() => Promise<void>> {
  const shardListener = {
    onTaken: (shard: number) => announce({ type: "taken", shard }),
    onLost: async (shard: number) => announce({ type: "lost", shard }),
  };
  const { close } = await startOrchestratorProcess(ports, { ...settings, shardListener });
  return close;
}

async function startWorker(
  { store, queue, clock }: OpenPorts,
  settings: SharedSettings,
  { version, neverRenews = false }: ClusterProcessSettings,
): Promise<() => Promise<void>> {
  if (neverRenews) store.renewAttempts = async (_worker, _leaseMs, keys) => keys.map(() => true);
  const onExecution = ({ runId, task, attempt, target, idempotencyKey: key }: AttemptRequest) =>
    announce({ type: "execution", runId, task, attempt, target: target.name, key });
  const added: MixedFunction = "added";
  const { close } = await startWorkerProcess(
    { store, queue, clock, gateway: mixedFunctions(onExecution, `${version}`) },
    { ...settings, pools: concurrency, canExecute: ({ name }) => version > 1 || name !== added },
  );
  return () => close({ graceMs });
}

async function work(settings: ClusterProcessSettings): Promise<void> {
  const ports = await openPorts(settings);
  const shared = settingsOf(settings);
  const close = await (settings.kind === "orchestrator"
    ? startOrchestrator(ports, shared)
    : startWorker(ports, shared, settings));
  const asked = Promise.withResolvers<void>();
  process.once("SIGTERM", () => asked.resolve());
  announce({ type: "ready", now: Date.now() });
  await asked.promise;
  await close();
  await ports.close();
  announce({ type: "closed" });
}

process.stdin.resume().on("end", () => process.exit());
const settings = JSON.parse(process.argv[2] ?? "{}") as ClusterProcessSettings;
if (settings.shiftMs !== undefined) shiftDate(settings.shiftMs);
try {
  await work(settings);
  process.exit(0);
} catch (thrown) {
  onError(thrown);
  process.exit(1);
}
