/** What the children of this benchmark do when they are told to: each module that a child may be exports `open`. */
import type { AddJobs, JobCount } from "./job-load.ts";
import type { Driven, Load } from "./load.ts";

/** One argument each at most, and a promise: they cross to another process. */
export interface Operations {
  close(): Promise<void>;
}

export interface DriverOperations extends Operations {
  /** Starts runs and waits for them. */
  drive(load: Load): Promise<Driven>;
}

export interface OrchestratorOperations extends DriverOperations {
  /** What is driven ends when the runs that are under way have ended. */
  stopStarting(): Promise<void>;
  countShards(): Promise<number>;
  /** How many attempts wait in the store, and how many of their messages in the queue. */
  countWaiting(): Promise<{ readonly offers: number; readonly messages: number }>;
}

export interface WorkerOperations extends Operations {
  /** How many steps it has executed so far. */
  countExecuted(): Promise<number>;
  /** Takes no more tasks, until it is resumed. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export interface JobAdderOperations extends Operations {
  /** Resolves when all have been added. */
  addJobs(jobs: AddJobs): Promise<void>;
}

export interface JobWorkerOperations extends Operations {
  countJobs(): Promise<JobCount>;
}
