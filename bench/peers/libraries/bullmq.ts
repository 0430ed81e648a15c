/**
 * BullMQ: a chain is a flow of ten jobs, each the child of the next. A flow is a tree that runs from its leaves to its
 * root, so it cannot fan out: the first job adds the flow of the others (the last with eight children) when it runs,
 * under ids that make a second time harmless. One worker takes up to 100 jobs at once and learns of the end of a run
 * from its own events, which spares it a stream of events through Redis.
 */
import { type FlowJob, type FlowJobNode, FlowProducer, type Job, Queue, Worker } from "bullmq";
import { middleSteps, type Shape, type System, type SystemOptions, stepsPerRun } from "../system.ts";

const queueName = "steps";
const lastStep = "last";

export async function open({ ports, step }: SystemOptions): Promise<System> {
  const connection = { host: "127.0.0.1", port: ports["redis"] ?? 0 };
  const queue = new Queue(queueName, { connection });
  const flows = new FlowProducer({ connection });
  const waiters = new Map<string, PromiseWithResolvers<void>>();
  const work = async ({ name, data }: Job): Promise<null> => {
    step();
    if (name === "first") await flows.add(restOfFan(data.run));
    return null;
  };
  const worker = new Worker(queueName, work, { connection, concurrency: 100 });
  worker.on("completed", ({ name, data }) => {
    if (name === lastStep) settle(data.run, (waiter) => waiter.resolve());
  });
  worker.on("failed", (job, error) => settle(job?.data.run, (waiter) => waiter.reject(error)));
  worker.on("error", (error) => console.error(error));
  await worker.waitUntilReady();
  let runs = 0;

  function settle(run: string, how: (waiter: PromiseWithResolvers<void>) => void): void {
    const waiter = waiters.get(run);
    waiters.delete(run);
    if (waiter !== undefined) how(waiter);
  }

  return {
    async run(shape: Shape) {
      runs += 1;
      const run = `run-${runs}`;
      const waiter = Promise.withResolvers<void>();
      waiters.set(run, waiter);
      if (shape === "chain") await flows.add(chain(run));
      else await queue.add("first", { run });
      await waiter.promise;
    },
    async close() {
      await worker.close();
      await flows.close();
      await queue.close();
    },
  };
}

function job(name: string, run: string, children: FlowJobNode[] = []): FlowJobNode {
  const node = { name, queueName, data: { run }, opts: { jobId: `${run}.${name}` } };
  return children.length === 0 ? node : { ...node, children };
}

function chain(run: string): FlowJob {
  let node = job("step-0", run);
  for (let index = 1; index < stepsPerRun - 1; index += 1) node = job(`step-${index}`, run, [node]);
  return job(lastStep, run, [node]);
}

function restOfFan(run: string): FlowJob {
  return job(
    lastStep,
    run,
    middleSteps.map((index) => job(`middle-${index}`, run)),
  );
}
