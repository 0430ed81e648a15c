/** Finds the real data that may lie beside the checkout; tests that need it are skipped without it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder =
  process.env["MYCROFT_SHARED_DATA"] ?? fileURLToPath(new URL("../../../../../shared/data", import.meta.url));

export const stocknetFile = join(folder, "prices/stocknet_88_2012_2015.csv");
export const leanFile = join(folder, "prices/lean_daily_2010_2018.csv");
export const sentimentFile = join(folder, "sentiment/tweet_sentiment_daily_2014_2015.csv");
export const reportsFile = join(folder, "fundamentals/reports_point_in_time_2015.csv");
export const vixFile = join(folder, "macro/vix_daily_2000_2018.csv");

/** For a test's `skip` option: false when the file is there, otherwise why not. */
export function missing(file: string): string | false {
  return existsSync(file)
    ? false
    : `${file} is not there; set MYCROFT_SHARED_DATA to the folder of the shared data.`;
}
