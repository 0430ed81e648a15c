/** Routes of the market data at hand, and of the Lab's cases of history. */
import type { Backend } from "../backend.ts";
import { LabBook } from "../lab/lab-cases.ts";
import { marketSummary, pricesOf, requireMarket } from "../market/market-answers.ts";
import type { Handlers } from "./handlers.ts";

export function marketHandlers({ market, project }: Backend): Handlers<"market" | "lab"> {
  const lab = new LabBook(project);
  return {
    getMarket: async () => {
      const data = market();
      return { market: data === null ? null : marketSummary(data) };
    },
    getPrices: async ({ params: { name }, query }) => pricesOf(requireMarket(market()), name, query),
    listLabCases: async ({ query }) => lab.find(requireMarket(market()), query),
  };
}
