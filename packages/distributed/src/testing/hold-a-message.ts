/** Run by `startHolder`: says what it took, keeps it for ever, and ends when whoever started it does. */
import { openBullmqQueue } from "../bullmq-queue/bullmq-queue.ts";
import { openRedisBus } from "../redis-bus/redis-bus.ts";

const [, , what, settings = "{}"] = process.argv;
const options = JSON.parse(settings) as { readonly url: string };

function hold(name: string): Promise<void> {
  process.stdout.write(`${name}\n`);
  return new Promise(() => {});
}

process.stdin.resume().on("end", () => process.exit());
if (what === "bus") {
  const bus = await openRedisBus(options);
  await bus.subscribe("work", { group: "g", from: "start" }, (message) => hold(String(message.body)));
} else {
  const queue = await openBullmqQueue(options);
  await queue.consume({ pool: "default", concurrency: 1 }, (message) => hold(message.task));
}
