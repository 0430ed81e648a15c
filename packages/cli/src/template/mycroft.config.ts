/** What belongs to this project. `mycroft` reads this file in the folder where it is called. */
import { defineConfig } from "@mycroft/sdk";
import { myCommittee } from "./workflows/my-committee.ts";

export default defineConfig({
  workflows: [myCommittee],
  // Real prices of five companies and the S&P 500. Your own: { csv: ["prices.csv"] }.
  data: "bundled",
});
