/** Asks why a backtest decided so on a company on a day: the day is done again, checked against the record, and explained. */
import "../experiments/experiments.css";
import type { BacktestDetail } from "@mycroft/protocol";
import { type FormEvent, useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select, TextField } from "../../design/field.tsx";
import { SafeText } from "../../design/safe-text.tsx";
import { Skeleton } from "../../design/skeleton.tsx";

/** More than a list to choose from can well have. */
const mostChoices = 500;

export function DayQuestion({ backtest }: { readonly backtest: BacktestDetail }) {
  const [date, setDate] = useState(backtest.report?.days.at(-1) ?? "");
  const [symbol, setSymbol] = useState("");
  const [question, setQuestion] = useState<{ readonly date: string; readonly symbol: string } | null>(null);
  const market = useApi("getMarket", {}).data?.market ?? null;
  const symbols = market?.symbols ?? [];
  const asked = symbol.trim() === "" ? (symbols[0] ?? "") : symbol.trim();
  const { data, error, isFetching } = useApi(
    "explainBacktestDay",
    { params: { id: backtest.id, date: question?.date ?? "", symbol: question?.symbol ?? "" } },
    { enabled: question !== null, staleMs: Number.POSITIVE_INFINITY },
  );
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    setQuestion({ date, symbol: asked });
  };
  return (
    <div className="experiment-form">
      <form className="experiment-form" onSubmit={ask}>
        <div className="experiment-form-row">
          <TextField
            label="Day"
            type="date"
            value={date}
            onChange={setDate}
            isRequired
            hint="One on which it decided."
          />
          {symbols.length > 0 && symbols.length <= mostChoices ? (
            <Select
              label="Company"
              value={asked}
              choices={symbols.map((one) => ({ value: one, label: one }))}
              onChange={setSymbol}
            />
          ) : (
            <TextField label="Company" value={symbol} onChange={setSymbol} isRequired />
          )}
        </div>
        <div className="experiment-form-actions">
          <Button kind="primary" submits isBusy={isFetching}>
            Explain
          </Button>
        </div>
      </form>
      {error !== null && <ErrorNotice error={error} title="It could not be explained" />}
      {isFetching && <Skeleton />}
      {data?.variants.map(({ name, agrees, headline, sections }) => (
        <section key={name} className="experiment-notes" aria-label={name}>
          <h3>
            {name} <AgreementBadge agrees={agrees} />
          </h3>
          <p>
            <SafeText text={headline} />
          </p>
          {sections.map(({ title, sentences }) => (
            <div key={title}>
              <h4>{title}</h4>
              {sentences.map((sentence) => (
                <p key={sentence}>
                  <SafeText text={sentence} />
                </p>
              ))}
            </div>
          ))}
        </section>
      ))}
    </div>
  );
}

function AgreementBadge({ agrees }: { readonly agrees: boolean | null }) {
  if (agrees === null) return <Badge tone="neutral">done again; not on record yet</Badge>;
  return (
    <Badge tone={agrees ? "good" : "bad"} icon={agrees ? "check" : "cross"}>
      {agrees ? "done again, the recorded decision" : "done again, and not the recorded decision"}
    </Badge>
  );
}
