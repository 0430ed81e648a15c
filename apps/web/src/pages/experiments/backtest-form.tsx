/** Starts a backtest: the workflow, the days, who is compared, and what trading costs. */
import "./experiments.css";
import type { BacktestBody } from "@mycroft/protocol";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { useApi, useChange } from "../../api/use-api.ts";
import { backtestPath } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select, TextField } from "../../design/field.tsx";

const cadences = [
  { value: "monthly", label: "each month" },
  { value: "weekly", label: "each week" },
  { value: "1", label: "every trading day" },
  { value: "5", label: "every 5 trading days" },
  { value: "21", label: "every 21 trading days" },
] as const;

export function BacktestForm({ onStarted }: { readonly onStarted: () => void }) {
  const workflows = useApi("listWorkflows", {});
  const market = useApi("getMarket", {}).data?.market ?? null;
  const navigate = useNavigate();
  const start = useChange("startBacktest", { renews: ["listBacktests"] });
  const [form, setForm] = useState({
    workflow: "",
    from: "",
    to: "",
    cadence: "monthly",
    universe: "",
    policies: "",
    without: "",
    costBps: "5",
    slippageBps: "5",
  });
  const set = (name: keyof typeof form) => (value: string) =>
    setForm((before) => ({ ...before, [name]: value }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    start.mutate(
      { body: bodyOf(form) },
      {
        onSuccess: ({ id }) => {
          onStarted();
          void navigate(backtestPath(id));
        },
      },
    );
  };
  const choices = (workflows.data?.workflows ?? []).map(({ name }) => ({ value: name, label: name }));
  const span = market === null ? "" : `${market.firstDate} to ${market.lastDate}`;
  return (
    <form className="experiment-form" onSubmit={submit}>
      {start.error !== null && <ErrorNotice error={start.error} title="The backtest was not started" />}
      <Select
        label="Workflow"
        value={form.workflow === "" ? (choices[0]?.value ?? "") : form.workflow}
        choices={choices}
        onChange={set("workflow")}
      />
      <div className="experiment-form-row">
        <TextField
          label="From"
          type="date"
          value={form.from}
          onChange={set("from")}
          hint={`The data: ${span}`}
        />
        <TextField label="To" type="date" value={form.to} onChange={set("to")} />
        <Select label="It decides" value={form.cadence} choices={cadences} onChange={set("cadence")} />
      </div>
      <TextField
        label="Companies"
        value={form.universe}
        onChange={set("universe")}
        placeholder="all"
        hint="Symbols with commas between them; all that are known on the day unless given."
      />
      <TextField
        label="Policies to compare"
        value={form.policies}
        onChange={set("policies")}
        placeholder="the workflow's own"
        hint="Names with commas between them, such as linear-pool, past-score."
      />
      <TextField
        label="Leave out in turn"
        value={form.without}
        onChange={set("without")}
        hint="Agents: what is it worth without each of them?"
      />
      <div className="experiment-form-row">
        <TextField
          label="Cost, bps of what is traded"
          type="number"
          value={form.costBps}
          onChange={set("costBps")}
        />
        <TextField
          label="Slippage, bps"
          type="number"
          value={form.slippageBps}
          onChange={set("slippageBps")}
        />
      </div>
      <div className="experiment-form-actions">
        <Button kind="primary" submits isBusy={start.isPending}>
          Start the backtest
        </Button>
      </div>
    </form>
  );
}

function bodyOf(form: Readonly<Record<string, string>>): BacktestBody {
  const text = (name: string) => (form[name] ?? "").trim();
  const list = (name: string) =>
    text(name)
      .split(/[\s,]+/)
      .filter((word) => word !== "");
  const cadence = text("cadence");
  const stated = {
    workflow: text("workflow"),
    from: text("from"),
    to: text("to"),
    universe: list("universe").map((symbol) => symbol.toUpperCase()),
    policies: list("policies"),
    without: list("without"),
    costBps: text("costBps") === "" ? "" : Number(text("costBps")),
    slippageBps: text("slippageBps") === "" ? "" : Number(text("slippageBps")),
  };
  const given = Object.entries(stated).filter(
    ([, value]) => value !== "" && !(Array.isArray(value) && value.length === 0),
  );
  return {
    ...(Object.fromEntries(given) as BacktestBody),
    cadence: cadence === "monthly" || cadence === "weekly" ? cadence : Number(cadence),
  };
}
