export { type ArchiveContractOptions, type ArchiveHost, archiveContract } from "./archive-contract.ts";
export { type BusHost, type BusHostLimits, busContract } from "./bus-contract.ts";
export { type MessagesContractOptions, type MessagesHost, messagesContract } from "./messages-contract.ts";
export { type AttemptAtWork, answering, MessagesOffice } from "./messages-office.ts";
export { type QueueHost, type QueueHostLimits, queueContract } from "./queue-contract.ts";
export { type SharedStoreContractOptions, sharedStoreContract } from "./shared-store-contract.ts";
export type { SharedStoreHost } from "./shared-store-host.ts";
export { type StoreContractOptions, storeContract } from "./store-contract.ts";
export type { StoreHost } from "./store-host.ts";
