/**
 * What every shared store owes beside what each store does (P1, P2, P3, E10), as a test suite that any implementation is run
 * against. Times are the store's own: leases that have to run out are short and waited for, the others outlast the test; where
 * something must not come too early, the store's time before and after says so, however slow the machine is.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe } from "node:test";
import { testSharedAppends } from "./shared-appends.ts";
import { testBacklogs } from "./shared-backlogs.ts";
import { testClaims } from "./shared-claims.ts";
import { testSharedClosing } from "./shared-closing.ts";
import { testDueOffers } from "./shared-due-offers.ts";
import { testOffersAgainstModel } from "./shared-histories.ts";
import { testLetters } from "./shared-letters.ts";
import { testNews } from "./shared-news.ts";
import { testOddPayloads } from "./shared-payloads.ts";
import { testProcesses } from "./shared-processes.ts";
import { testRateLimits } from "./shared-rate-limits.ts";
import { testReports } from "./shared-reports.ts";
import { testShardHistories } from "./shared-shard-histories.ts";
import { testShards } from "./shared-shards.ts";
import type { CurrentSharedHost, SharedStoreHost } from "./shared-store-host.ts";
import { testUnsettledRuns } from "./shared-unsettled-runs.ts";

export interface SharedStoreContractOptions {
  /** Names the implementation in the tests' titles. */
  readonly name: string;
  /** Opens a new, empty store. */
  readonly open: () => Promise<SharedStoreHost>;
  /** How many random histories of each kind are tried: 30 unless given. */
  readonly histories?: number;
}

/** Registers the suite with node:test. */
export function sharedStoreContract({ name, open, histories = 30 }: SharedStoreContractOptions): void {
  describe(`shared store contract: ${name}`, () => {
    let host: SharedStoreHost | undefined;
    beforeEach(async () => {
      host = await open();
    });
    afterEach(async () => {
      await host?.dispose();
      host = undefined;
    });
    const current: CurrentSharedHost = () => {
      assert.ok(host);
      return host;
    };
    testSharedAppends(current);
    testShards(current);
    testUnsettledRuns(current);
    testProcesses(current);
    testClaims(current);
    testRateLimits(current);
    testReports(current);
    testDueOffers(current);
    testBacklogs(current);
    testLetters(current);
    testNews(current);
    testOddPayloads(current);
    testSharedClosing(current);
    testShardHistories(open, histories);
    testOffersAgainstModel(open, histories);
  });
}
