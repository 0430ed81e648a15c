export { InProcessBus, type InProcessBusOptions } from "./in-process-bus/in-process-bus.ts";
export { InProcessQueue, type InProcessQueueOptions } from "./in-process-queue.ts";
export { type FinishedRun, type InMemoryOptions, runInMemory } from "./run-in-memory.ts";
export { type ExamineOptions, examineStore, type StoreExamination } from "./sqlite-store/examine-store.ts";
export { openSqliteStore, type SqliteStoreOptions } from "./sqlite-store/open-sqlite-store.ts";
export type { RetentionOutcome } from "./sqlite-store/retention.ts";
export { readSqliteArchive } from "./sqlite-store/sqlite-archive.ts";
