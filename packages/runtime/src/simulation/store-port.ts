/** A store as an object whose methods can be taken one by one, so that a wrapper states only what it changes. */
import type { Store } from "../ports/store.ts";

export function storePort(store: Store): Store {
  return {
    putPlan: (plan) => store.putPlan(plan),
    getPlan: (hash) => store.getPlan(hash),
    append: (batch) => store.append(batch),
    getRun: (runId) => store.getRun(runId),
    findRunByStartKey: (startKey) => store.findRunByStartKey(startKey),
    listRuns: (query) => store.listRuns(query),
    readEvents: (...range) => store.readEvents(...range),
    putArtifact: (value) => store.putArtifact(value),
    getArtifact: (hash) => store.getArtifact(hash),
    getDocument: (collection, id) => store.getDocument(collection, id),
    putDocument: (write) => store.putDocument(write),
    listDocuments: (collection, page) => store.listDocuments(collection, page),
    prune: (settledBefore) => store.prune(settledBefore),
    close: () => Promise.resolve(),
  };
}
