/** What raw BullMQ is asked to do. */

export interface AddJobs {
  readonly jobs: number;
  /** How many jobs follow each of these, one after the other: each is added by the one before. */
  readonly followers: number;
}

export interface JobCount {
  /** How many jobs Redis has taken note of as done, and when the last of them was; milliseconds since the epoch. */
  readonly completed: number;
  readonly lastAt: number;
}
