export type { Bus, BusMessage, NewMessage, SubscribeOptions, Subscription } from "./ports/bus.ts";
export type { Clock, Timer } from "./ports/clock.ts";
export type { AttemptOutcome, AttemptRequest, Gateway } from "./ports/gateway.ts";
export type { ConsumeOptions, Consumer, TaskMessage, TaskQueue } from "./ports/queue.ts";
export type {
  AppendOutcome,
  NewRun,
  Provenance,
  RunAppend,
  RunHeader,
  RunPage,
  RunQuery,
  Store,
} from "./ports/store.ts";
