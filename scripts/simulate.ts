/**
 * `npm run simulate -- --seeds N --from S --host shared`: runs the whole system in virtual time, once for each seed, with all the
 * faults that the seed decides on, and prints how far it is and what it met. At the first that breaks a rule it prints what it
 * takes to see why; exit code 1 then. The host is one process after the other (`embedded`, unless given), or several that share
 * a store (`shared`).
 */
import { parseArgs } from "node:util";

const hosts = ["embedded", "shared"] as const;
type Host = (typeof hosts)[number];

/** The simulator is no part of what the package exports: it is reached by its place. */
interface Simulator {
  readonly runSeeds: (options: {
    readonly host: Host;
    readonly from: number;
    readonly count: number;
    readonly onSeed: (seed: number) => void;
  }) => Promise<{
    readonly failure: { readonly text: string } | null;
    readonly figures: Readonly<Record<string, number>>;
  }>;
}

const place = new URL("../packages/runtime/src/simulation/run-seeds.ts", import.meta.url);
const progressEveryMs = 1_000;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    from: { type: "string", default: "1" },
    host: { type: "string", default: "embedded" },
  },
});
const [count, from] = [Number(values.seeds), Number(values.from)];
const host = hosts.find((one) => one === values.host);
if (
  host === undefined ||
  !Number.isSafeInteger(count) ||
  !Number.isSafeInteger(from) ||
  count < 1 ||
  from < 0
) {
  console.error(
    "Give whole numbers, and one of two hosts: npm run simulate -- --seeds 2000 --from 1 --host shared",
  );
  process.exitCode = 2;
} else await simulateSeeds(host);

async function simulateSeeds(host: Host): Promise<void> {
  const { runSeeds } = (await import(place.href)) as Simulator;
  const startedAt = performance.now();
  let toldAt = startedAt;
  const { failure, figures } = await runSeeds({
    host,
    from,
    count,
    onSeed: (seed) => {
      if (performance.now() - toldAt < progressEveryMs) return;
      toldAt = performance.now();
      console.log(`seed ${seed}: ${seed - from + 1} of ${count}`);
    },
  });
  if (failure !== null) {
    console.log(failure.text);
    process.exitCode = 1;
    return;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const told = Object.entries(figures).map(([name, figure]) => `${figure} ${words(name)}`);
  console.log(
    `${count} seeds from ${from} on hold (${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)} a second).`,
  );
  console.log(told.join(", "));
}

/** `childRuns` as a person reads it. */
function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
