/** Routes that go on: a run's stream, and that of all updates. */
import { asMycroftError } from "@mycroft/errors";
import { findRun } from "@mycroft/runtime";
import type { Access } from "../access/access.ts";
import type { Backend } from "../backend.ts";
import { lastEventId, OpenStreams } from "../live/open-streams.ts";
import { RunFollowers } from "../live/run-followers.ts";
import { UpdateFeed } from "../live/update-feed.ts";
import type { Handlers } from "./handlers.ts";

export interface LiveRoutes {
  readonly handlers: Handlers<"live">;
  close(): Promise<void>;
}

export function liveRoutes(backend: Backend, access: Access): LiveRoutes {
  const { controls, onUpdate, onError } = backend;
  const { store } = controls;
  const streams = new OpenStreams(access);
  const followers = new RunFollowers(store, onError);
  const feed = new UpdateFeed(store, (thrown) => onError(asMycroftError(thrown)));
  const stopListening = onUpdate((update) => {
    followers.take(update);
    feed.take(update);
  });
  return {
    handlers: {
      streamRun: async ({ params, caller, request, reply }) => {
        // A record that cannot be read is told as a problem: the stream begins when there is something to tell.
        const { follower, release } = await followers.hold((await findRun(store, params.runId)).runId);
        let unwatch = () => {};
        const stream = streams.open(caller, request, reply, () => {
          unwatch();
          release();
        });
        if (stream === null) release();
        else unwatch = follower.watch(stream, afterSeq(lastEventId(request)));
        if (stream?.hasEnded === true) unwatch();
        return undefined;
      },
      streamUpdates: async ({ caller, request, reply }) => {
        let unwatch = () => {};
        const stream = streams.open(caller, request, reply, () => unwatch());
        if (stream !== null) unwatch = feed.watch(stream, lastEventId(request));
        if (stream?.hasEnded === true) unwatch();
        return undefined;
      },
    },
    close: async () => {
      stopListening();
      streams.close();
      feed.close();
    },
  };
}

/** The sequence number of the event after that one; 0 when it is none. */
function afterSeq(lastId: string | null): number {
  return lastId !== null && /^\d{1,15}$/.test(lastId) ? Number(lastId) + 1 : 0;
}
