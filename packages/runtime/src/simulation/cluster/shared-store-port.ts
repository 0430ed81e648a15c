/** A shared store as an object whose methods can be taken one by one, each call of which goes through one place. */
import type { SharedStore } from "../../ports/shared-store.ts";

/** Calls, or does not, or does so later. */
export type Through = <T>(call: () => Promise<T>) => Promise<T>;

/** @param read for what changes nothing. @param write for what does. */
export function sharedStorePort(store: SharedStore, read: Through, write: Through): SharedStore {
  return {
    getPlan: (hash) => read(() => store.getPlan(hash)),
    getRun: (runId) => read(() => store.getRun(runId)),
    findRunByStartKey: (startKey) => read(() => store.findRunByStartKey(startKey)),
    listRuns: (query) => read(() => store.listRuns(query)),
    readEvents: (...range) => read(() => store.readEvents(...range)),
    getArtifact: (hash) => read(() => store.getArtifact(hash)),
    getDocument: (collection, id) => read(() => store.getDocument(collection, id)),
    listDocuments: (collection, page) => read(() => store.listDocuments(collection, page)),
    now: () => read(() => store.now()),
    listUnsettled: (shard, page) => read(() => store.listUnsettled(shard, page)),
    listProcesses: () => read(() => store.listProcesses()),
    listBacklogs: () => read(() => store.listBacklogs()),
    readLetters: (query) => read(() => store.readLetters(query)),
    putPlan: (plan) => write(() => store.putPlan(plan)),
    append: (batch) => write(() => store.append(batch)),
    putArtifact: (value) => write(() => store.putArtifact(value)),
    putDocument: (document) => write(() => store.putDocument(document)),
    prune: (settledBefore) => write(() => store.prune(settledBefore)),
    holdShards: (owner, leaseMs) => write(() => store.holdShards(owner, leaseMs)),
    releaseShards: (owner, shards) => write(() => store.releaseShards(owner, shards)),
    reportProcess: (status, ttlMs) => write(() => store.reportProcess(status, ttlMs)),
    forgetProcess: (name) => write(() => store.forgetProcess(name)),
    ensureOffers: (offers) => write(() => store.ensureOffers(offers)),
    claimAttempts: (worker, leaseMs, keys) => write(() => store.claimAttempts(worker, leaseMs, keys)),
    renewAttempts: (worker, leaseMs, keys) => write(() => store.renewAttempts(worker, leaseMs, keys)),
    handBackAttempts: (worker, handedBack) => write(() => store.handBackAttempts(worker, handedBack)),
    reportAttempts: (letters) => write(() => store.reportAttempts(letters)),
    takeDue: (query) => write(() => store.takeDue(query)),
    hurry: (shards, withinMs) => write(() => store.hurry(shards, withinMs)),
    sendLetters: (letters) => write(() => store.sendLetters(letters)),
    dropLetters: (ids) => write(() => store.dropLetters(ids)),
    listen: (listener) => store.listen(listener),
    close: () => Promise.resolve(),
  };
}
