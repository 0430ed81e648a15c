/**
 * Raw BullMQ, for `bench/distributed`: jobs that do nothing, added in bulk by one process and processed by others. A job
 * may have followers: then it adds the next one before it is done itself, which is a chain.
 */
import { Queue, Worker } from "bullmq";
import type { AddJobs } from "../../distributed/job-load.ts";
import type { JobAdderOperations, JobWorkerOperations } from "../../distributed/operations.ts";

export interface JobSetting {
  readonly role: "adder" | "worker";
  readonly redis: number;
  readonly concurrency: number;
}

interface JobData {
  readonly followers: number;
}

const queueName = "jobs";
/** How many are sent to Redis at once. */
const bulk = 500;
/** Nothing of a job stays in Redis when it is done. */
const opts = { removeOnComplete: true };

export async function open(setting: JobSetting): Promise<JobAdderOperations | JobWorkerOperations> {
  return setting.role === "adder" ? openAdder(setting) : openWorker(setting);
}

function openAdder({ redis }: JobSetting): JobAdderOperations {
  const queue = openQueue(redis);
  const addBulk = (jobs: number, followers: number) =>
    queue.addBulk(Array.from({ length: jobs }, () => ({ name: "step", data: { followers }, opts })));
  return {
    async addJobs({ jobs, followers }: AddJobs) {
      for (let left = jobs; left > 0; left -= bulk) await addBulk(Math.min(left, bulk), followers);
    },
    close: () => queue.close(),
  };
}

async function openWorker({ redis, concurrency }: JobSetting): Promise<JobWorkerOperations> {
  const queue = openQueue(redis);
  let completed = 0;
  let lastAt = 0;
  const worker = new Worker<JobData>(
    queueName,
    async ({ data: { followers } }) => {
      if (followers > 0) await queue.add("step", { followers: followers - 1 }, opts);
      return null;
    },
    { connection: connectionTo(redis), concurrency },
  );
  worker.on("completed", () => {
    completed += 1;
    lastAt = Date.now();
  });
  worker.on("error", (error) => console.error(error));
  await worker.waitUntilReady();
  return {
    countJobs: async () => ({ completed, lastAt }),
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}

function openQueue(redis: number): Queue<JobData> {
  return new Queue<JobData>(queueName, { connection: connectionTo(redis) });
}

function connectionTo(port: number) {
  return { host: "127.0.0.1", port };
}
