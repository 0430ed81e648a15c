/**
 * The one table of error codes. Codes are stable: one may be added, none is renamed or reused.
 * `docs/errors.md` documents each of them, and a test holds it to this table.
 */
export interface ErrorCodeEntry {
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  /** What the code means, in one sentence. */
  readonly meaning: string;
}

const table = {
  // Anything
  INTERNAL: { retryable: false, meaning: "A defect in Mycroft itself: an invariant did not hold." },
  USAGE: { retryable: false, meaning: "The command line's words are off." },
  INPUT_INVALID: { retryable: false, meaning: "A value does not fit the schema that is stated for it." },
  NOT_FOUND: { retryable: false, meaning: "Nothing is stored under that name or id." },
  LIMIT_EXCEEDED: { retryable: false, meaning: "A stated limit was reached; the message names it." },

  // Workflow definitions and plans
  PLAN_INVALID: { retryable: false, meaning: "A workflow definition has the wrong shape." },
  PLAN_DUPLICATE_STEP: { retryable: false, meaning: "Two steps of a workflow have the same name." },
  PLAN_UNKNOWN_STEP: {
    retryable: false,
    meaning: "A step refers to a step that does not exist or is not visible from it.",
  },
  PLAN_CYCLE: { retryable: false, meaning: "Steps need each other in a circle." },
  PLAN_TYPE_MISMATCH: {
    retryable: false,
    meaning: "What a step gives does not fit what the next one takes.",
  },
  PLAN_UNREACHABLE_STEP: { retryable: false, meaning: "A step can never run." },
  PLAN_UNKNOWN_TARGET: {
    retryable: false,
    meaning: "A step names an agent, function or policy that is not registered.",
  },
  WORKFLOW_UNKNOWN: { retryable: false, meaning: "No workflow of that name is registered." },

  // Runs, tasks, attempts
  RUN_UNKNOWN: { retryable: false, meaning: "No run has that id." },
  RUN_TIMED_OUT: { retryable: false, meaning: "A run took longer than its workflow's timeout." },
  RUN_CANCELLED: { retryable: false, meaning: "The run was cancelled." },
  RUN_NOT_SETTLED: {
    retryable: true,
    meaning: "The run is still under way, and what was asked needs a settled one.",
  },
  RUN_SETTLED: { retryable: false, meaning: "The run has settled, and what was asked needs one under way." },
  RUN_TOO_DEEP: { retryable: false, meaning: "Child runs lie within each other deeper than the limit." },
  START_KEY_MISMATCH: {
    retryable: false,
    meaning: "A run was started under that key before, of another plan or on another input.",
  },
  TASK_UNKNOWN: { retryable: false, meaning: "The run has no task of that id." },
  TASK_NOT_WAITING: { retryable: false, meaning: "The task does not wait for what was sent to it." },
  TASK_CANCELLED: { retryable: false, meaning: "The task was cancelled." },
  SIGNAL_UNKNOWN: { retryable: false, meaning: "The run's workflow waits for no signal of that name." },
  SIGNAL_TIMED_OUT: { retryable: false, meaning: "No signal came within the step's timeout." },
  APPROVAL_REJECTED: { retryable: false, meaning: "A person, or the step's deadline, rejected it." },
  SLEEP_INVALID: { retryable: false, meaning: "A sleep step was given no duration and no moment." },
  REPEAT_EXHAUSTED: {
    retryable: false,
    meaning: "A repeat's condition did not hold after its last round, and the step makes that a failure.",
  },
  HEARTBEAT_TIMED_OUT: {
    retryable: true,
    meaning: "An attempt gave no heartbeat for longer than its step allows.",
  },
  ATTEMPT_TIMED_OUT: { retryable: true, meaning: "An attempt took longer than its step's timeout." },
  MAP_TOO_LARGE: {
    retryable: false,
    meaning: "The list that a map step expands is longer than the step's limit.",
  },
  MAP_NOT_A_LIST: { retryable: false, meaning: "A map step was given something other than a list." },
  MAP_ITEMS_FAILED: { retryable: false, meaning: "More items of a map step failed than the step tolerates." },
  TASK_FAILED: { retryable: true, meaning: "An agent or function threw an error without a code." },

  // Agents and their answers
  AGENT_UNKNOWN: { retryable: false, meaning: "No agent of that name is registered." },
  AGENT_ANSWER_INVALID: { retryable: false, meaning: "An agent's answer does not fit the contract." },
  ANSWER_TIMED_OUT: { retryable: true, meaning: "An agent that another one asked gave no answer in time." },
  ASK_TOO_DEEP: { retryable: false, meaning: "Agents ask each other deeper than the limit." },
  MESSAGES_UNAVAILABLE: {
    retryable: false,
    meaning: "Agents cannot reach each other where this was called.",
  },
  FUNCTION_UNKNOWN: { retryable: false, meaning: "No function of that name is registered." },
  OUTPUT_INVALID: { retryable: false, meaning: "A function's output does not fit its own schema." },
  OUTPUT_TOO_LARGE: { retryable: false, meaning: "An output is larger than the stated limit." },
  OUTPUT_NOT_JSON: {
    retryable: false,
    meaning: "An output holds something that JSON cannot carry, such as NaN or a cycle.",
  },

  // Opinions, policies, decisions
  OPINION_INVALID: {
    retryable: false,
    meaning: "An opinion's probabilities are not a distribution over the stated outcomes.",
  },
  OPINION_DIMENSION: {
    retryable: false,
    meaning: "Opinions over different outcomes cannot be resolved together.",
  },
  POLICY_UNKNOWN: { retryable: false, meaning: "No resolution policy of that name exists." },
  POLICY_INVALID: { retryable: false, meaning: "A policy's settings are out of range." },
  ENSEMBLE_EMPTY: { retryable: false, meaning: "There is nothing to score, compare or resolve." },

  // Market data
  DATA_FILE_UNREADABLE: { retryable: false, meaning: "A data file cannot be read." },
  DATA_COLUMN_MISSING: { retryable: false, meaning: "A data file lacks a required column." },
  DATA_ROW_INVALID: {
    retryable: false,
    meaning: "A data file has rows that cannot be used, and --strict was asked for.",
  },
  DATA_EMPTY: { retryable: false, meaning: "A data file holds no usable row." },
  SYMBOL_UNKNOWN: { retryable: false, meaning: "The data holds no such symbol." },
  DATE_OUT_OF_RANGE: { retryable: false, meaning: "The date lies outside the data." },
  LOOK_AHEAD: { retryable: false, meaning: "Something asked for data later than the run's asOf." },

  // Store, queue, bus
  STORE_FOREIGN_FILE: {
    retryable: false,
    meaning: "The store's file is not a Mycroft store; it was not touched.",
  },
  STORE_DAMAGED: { retryable: false, meaning: "The store's file is damaged; it was not touched." },
  STORE_NEWER: { retryable: false, meaning: "The store was written by a newer version." },
  STORE_OLDER: {
    retryable: false,
    meaning:
      "The store was written by an older version, and must be opened for writing once to be brought up to date.",
  },
  STORE_LOCKED: { retryable: true, meaning: "Another process holds the store; the message says which." },
  STORE_READ_ONLY: { retryable: false, meaning: "The store was opened for reading only." },
  STORE_FULL: { retryable: true, meaning: "The disk is full: intake stops until there is room." },
  STORE_IO: { retryable: true, meaning: "The store could not be read or written." },
  STORE_UNREACHABLE: {
    retryable: true,
    meaning: "The store's server does not answer, or takes no more connections.",
  },
  STORE_REFUSED: {
    retryable: false,
    meaning: "The store's server refuses the user, the password or the database, or a right is lacking.",
  },
  STORE_UNSUPPORTED: {
    retryable: false,
    meaning: "The store's server is too old, or set up in a way in which it cannot keep what it is given.",
  },
  STORE_CONFLICT: { retryable: false, meaning: "A run's events were appended by somebody else meanwhile." },
  STORE_CLOSED: { retryable: false, meaning: "The store is closed." },
  STORE_NOT_EMPTY: {
    retryable: false,
    meaning: "The store holds something already, and what was asked needs an empty one.",
  },
  HISTORY_DIFFERS: {
    retryable: false,
    meaning: "What was moved into a store is not what was read from the other.",
  },
  ARTIFACT_MISSING: {
    retryable: false,
    meaning: "An artifact that a record refers to is not in the artifact store.",
  },
  ARTIFACT_DAMAGED: { retryable: false, meaning: "An artifact's content does not match its hash." },
  QUEUE_CLOSED: { retryable: false, meaning: "The queue is closed." },
  QUEUE_FULL: { retryable: true, meaning: "The queue's length limit was reached." },
  WORKER_CLOSED: {
    retryable: true,
    meaning: "A worker was closed before an attempt in its hands had ended; another one takes it over.",
  },
  BUS_CLOSED: { retryable: false, meaning: "The bus is closed." },

  // Processes on several machines
  HOST_INVALID: {
    retryable: false,
    meaning: "The settings of store, queue, bus and cluster cannot be used, or do not go together.",
  },
  CLUSTER_MISMATCH: {
    retryable: false,
    meaning: "The queue's or the bus's server works for another store under the same name.",
  },

  // Servers that a queue or a bus lives on
  SERVER_UNREACHABLE: {
    retryable: true,
    meaning: "A server gave no answer in time, or the connection to it was lost.",
  },
  SERVER_REFUSED: { retryable: false, meaning: "A server refused the user, the password or the database." },
  SERVER_UNFIT: {
    retryable: false,
    meaning: "A server is too old, or is set up so that it may forget what it was given to keep.",
  },
  SERVER_FULL: { retryable: true, meaning: "A server has no room left for what was sent to it." },

  // Schedules and pools
  SCHEDULE_UNKNOWN: { retryable: false, meaning: "No schedule of that name exists." },
  SCHEDULE_INVALID: { retryable: false, meaning: "A schedule's cron text, time zone or settings are wrong." },
  BACKFILL_UNKNOWN: { retryable: false, meaning: "No backfill has that id." },
  POOL_UNKNOWN: { retryable: false, meaning: "A step names a pool that the project does not have." },

  // The HTTP server
  UNAUTHENTICATED: { retryable: false, meaning: "Whoever asks has not signed in, or no longer is." },
  FORBIDDEN: { retryable: false, meaning: "The caller's role does not allow it." },
  HOST_REFUSED: {
    retryable: false,
    meaning: "The request is addressed to a name that the server does not go by.",
  },
  ORIGIN_REFUSED: { retryable: false, meaning: "A page of another origin asked for it." },
  METHOD_REFUSED: { retryable: false, meaning: "The address exists, and does not take that method." },
  RATE_LIMITED: { retryable: true, meaning: "There were more requests within a minute than are taken." },
  SERVER_ENDING: { retryable: true, meaning: "The HTTP server is ending, and takes nothing new." },
  ADDRESS_TAKEN: {
    retryable: true,
    meaning: "The server cannot listen there: the port is taken or not allowed.",
  },
  PUBLIC_WITHOUT_KEYS: {
    retryable: false,
    meaning: "The server was to listen where others can reach it, and there is no API key.",
  },

  // Between processes
  CONTROL_INVALID: {
    retryable: false,
    meaning:
      "What one process asked of another is not understood there, or its answer is not understood here.",
  },
  CONTROL_UNANSWERED: {
    retryable: true,
    meaning:
      "The process that holds the store gave no answer, so it is not known whether it did what was asked.",
  },
  RUN_WITHHELD: {
    retryable: false,
    meaning:
      "This process must not work on the run: it has other data, or lacks something that the run's plan names.",
  },

  // The user's project
  CONFIG_NOT_FOUND: { retryable: false, meaning: "There is no mycroft.config.ts where one was named." },
  CONFIG_INVALID: {
    retryable: false,
    meaning: "The configuration file cannot be loaded or has the wrong shape.",
  },
  PROJECT_EXISTS: { retryable: false, meaning: "The folder to create a project in is not empty." },
  PROJECT_UNWRITABLE: { retryable: false, meaning: "A project's files or links cannot be written." },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof table;

export const errorCodes: Readonly<Record<ErrorCode, ErrorCodeEntry>> = table;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(table, value);
}
