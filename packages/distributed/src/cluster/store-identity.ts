/** Which store a store is: an id of its own, made when a cluster first connects to it, and kept in it for ever. */
import { randomUUID } from "node:crypto";
import { MycroftError } from "@mycroft/errors";
import type { Store } from "@mycroft/runtime";

type DocumentStore = Pick<Store, "getDocument" | "putDocument">;

const collection = "cluster";
const id = "store";

/** Null when no cluster has connected to it yet. */
export async function findIdentity(store: Pick<Store, "getDocument">): Promise<string | null> {
  const document = await store.getDocument(collection, id);
  if (document === undefined) return null;
  const uuid: unknown = Reflect.get(Object(document.value), "uuid");
  if (typeof uuid === "string" && uuid !== "") return uuid;
  throw new MycroftError(
    "STORE_DAMAGED",
    `The document ${collection}/${id} of the store holds no identity.`,
    {
      details: { collection, id },
    },
  );
}

/** Makes it if there is none; of several processes that do so at once, one is first. */
export async function giveIdentity(store: DocumentStore): Promise<string> {
  for (;;) {
    const known = await findIdentity(store);
    if (known !== null) return known;
    await store.putDocument({ collection, id, replaces: 0, value: { uuid: randomUUID() } });
  }
}
