/**
 * What every store owes (P1, P2, P7, P8), as a test suite that any implementation is run against. Everything is asked
 * through the port; what a host can show beyond it (reopening, a second handle, damage) is a capability of the host,
 * and the tests that need one it lacks are skipped by name.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe } from "node:test";
import { testAppends } from "./store-appends.ts";
import { testArtifacts } from "./store-artifacts.ts";
import { testDocuments } from "./store-documents.ts";
import { testStoreFailures } from "./store-failures.ts";
import { testAgainstModel } from "./store-histories.ts";
import type { CurrentHost, StoreHost } from "./store-host.ts";
import { testLineage } from "./store-lineage.ts";
import { testListing } from "./store-listing.ts";
import { testPruning } from "./store-pruning.ts";
import { testStartKeys } from "./store-start-keys.ts";
import { testTags } from "./store-tags.ts";

export interface StoreContractOptions {
  /** Names the implementation in the tests' titles. */
  readonly name: string;
  /** Opens a new, empty store. */
  readonly open: () => Promise<StoreHost>;
  /** How many random histories are compared with the model: 50 unless given. */
  readonly histories?: number;
}

/** Registers the suite with node:test. */
export function storeContract({ name, open, histories = 50 }: StoreContractOptions): void {
  describe(`store contract: ${name}`, () => {
    let host: StoreHost | undefined;
    beforeEach(async () => {
      host = await open();
    });
    afterEach(async () => {
      await host?.dispose();
      host = undefined;
    });
    const current: CurrentHost = () => {
      assert.ok(host);
      return host;
    };
    testAppends(current);
    testListing(current);
    testStartKeys(current);
    testTags(current);
    testLineage(current);
    testArtifacts(current);
    testDocuments(current);
    testPruning(current);
    testStoreFailures(current);
    testAgainstModel(open, histories);
  });
}
