export { type BullmqQueueOptions, openBullmqQueue } from "./bullmq-queue/bullmq-queue.ts";
export { openPostgresStore, type PostgresStoreOptions } from "./postgres-store/open-postgres-store.ts";
export { type PostgresArchiveOptions, writePostgresArchive } from "./postgres-store/postgres-archive.ts";
export type { RetentionOutcome } from "./postgres-store/retention.ts";
export { openRedisBus, type RedisBusOptions } from "./redis-bus/redis-bus.ts";
