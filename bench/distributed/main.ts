/**
 * The host for many machines on one machine, beside raw BullMQ and DBOS: steps a second, the time of one step alone, the
 * processor time of each kind of process, and whether 100,000 tasks that wait slow it down. Every peer is measured once in
 * each round, and Mycroft before and after it, each with new servers and processes of its own: others use the machine too, and
 * come and go.
 *
 * Options: `--rounds N` (3), `--seconds N` (10: for each load), `--orchestrators N` (1) and `--workers N` (2) of the
 * comparison, `--latencies N` (500 runs), `--backlog N` (100000 tasks), `--only TEXT` (turns whose name contains it; Mycroft
 * beside a peer in any case).
 */
import { installLibraries, versionOf } from "../peers/install-libraries.ts";
import { recipes } from "../peers/servers/start-server.ts";
import { report } from "../report.ts";
import { bullmqTurn } from "./bullmq-turn.ts";
import { concurrency } from "./cluster-ports.ts";
import { dbosTurn } from "./dbos-turn.ts";
import { type Round, rowsOf, verdicts } from "./figures.ts";
import { backlogTurn, clientTurn, nameOf, throughputTurn } from "./mycroft-turns.ts";
import type { ClusterSize } from "./running-cluster.ts";
import type { Sample } from "./sample.ts";
import { readSettings } from "./settings.ts";
import { runsAtOnce, type Turn } from "./turn.ts";

const settings = readSettings(process.argv.slice(3));
const { rounds, only } = settings;
const ours: ClusterSize = { orchestrators: settings.orchestrators, workers: settings.workers };
/** The same with fewer and with more processes: what they cost shows what is full first. */
const others: readonly ClusterSize[] = [
  { orchestrators: 1, workers: 1 },
  { orchestrators: 1, workers: 2 },
  { orchestrators: 2, workers: 4 },
].filter((size) => nameOf(size) !== nameOf(ours));

// So that servers and folders go as well, which is done when this process exits.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const isChosen = ({ name }: Turn): boolean => name.toLowerCase().includes(only.toLowerCase());
const peers = [bullmqTurn("memory", ours), bullmqTurn("fsync", ours), dbosTurn(ours)].filter(isChosen);
const throughput = throughputTurn(ours);
const turns: readonly Turn[] = [
  // Before and after each peer.
  ...(peers.length > 0 || isChosen(throughput) ? [throughput] : []),
  ...peers.flatMap((peer) => [peer, throughput]),
  ...[clientTurn(ours), ...others.map(throughputTurn), backlogTurn(ours)].filter(isChosen),
];
const systems = [...new Set(turns)].map(({ name, onDisk }) => ({ name, onDisk }));
if (turns.length === 0) throw new Error(`No turn is called like that: ${only}.`);
const servers = (["postgres", "redis"] as const).map((kind) => {
  const file = recipes[kind].find();
  if (file !== null) return recipes[kind].version(file);
  throw new Error(`There is no ${kind} server here. To have it: ${recipes[kind].install}`);
});
if (peers.length > 0) installLibraries();
for (const { name, onDisk } of systems) console.log(`${name}\n  on disk: ${onDisk}`);

const all: Round[] = [];
for (let round = 1; round <= rounds; round += 1) {
  console.log(`Round ${round} of ${rounds}`);
  const samples: Sample[] = [];
  for (const turn of turns) samples.push(...(await measureOnce(turn, samples)));
  all.push(samples);
}
if (all.flat().length === 0) throw new Error("Nothing was measured.");
report(
  "distributed",
  {
    ...settings,
    runsAtOnce,
    tasksAtOncePerWorker: concurrency,
    systems,
    versions: [...servers, ...peerVersions()],
  },
  rowsOf(all, ours),
);
for (const line of verdicts(all, ours, [ours, ...others])) console.log(line);

async function measureOnce(turn: Turn, before: readonly Sample[]): Promise<readonly Sample[]> {
  const start = performance.now();
  process.stdout.write(`  ${turn.name} ... `);
  try {
    const samples = await turn.measure(settings, before);
    console.log(`${((performance.now() - start) / 1_000).toFixed(0)} s`);
    return samples;
  } catch (thrown) {
    // One that fails is left out of this round; the others are still compared.
    process.exitCode = 1;
    console.log(`FAILED: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return [];
  }
}

function peerVersions(): readonly string[] {
  const libraries = { BullMQ: "bullmq", DBOS: "@dbos-inc/dbos-sdk" };
  return Object.entries(libraries)
    .filter(([system]) => peers.some(({ name }) => name.startsWith(system)))
    .map(([, name]) => `${name} ${versionOf(name)}`);
}
