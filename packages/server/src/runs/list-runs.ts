/** A page of runs. Child runs are passed over unless they are asked for, however many they are. */
import type { RunPage, RunQuery, Store } from "@mycroft/runtime";

export interface RunsQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly workflow?: string | undefined;
  readonly status?: RunQuery["status"] | undefined;
  readonly tag?: string | undefined;
  readonly prefix?: string | undefined;
  readonly parent?: string | undefined;
}

export async function listRuns(store: Pick<Store, "listRuns">, asked: RunsQuery): Promise<RunPage> {
  const { limit, cursor, workflow, status, tag, prefix, parent } = asked;
  return store.listRuns({
    limit,
    parentRunId: parent ?? null,
    ...(cursor === undefined ? {} : { cursor }),
    ...(workflow === undefined ? {} : { workflow }),
    ...(status === undefined ? {} : { status }),
    ...(tag === undefined ? {} : { tag }),
    ...(prefix === undefined || prefix === "" ? {} : { runIdPrefix: prefix }),
  });
}
