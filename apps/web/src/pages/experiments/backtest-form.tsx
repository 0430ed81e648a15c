/** Starts a backtest: the workflow, the days, who is compared, and what trading costs. */
import "./experiments.css";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { useApi, useChange } from "../../api/use-api.ts";
import { backtestPath } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { Select, TextField } from "../../design/field.tsx";
import { type BacktestFormState, backtestBodyOf, emptyBacktest } from "./backtest-body.ts";
import { NameChoices } from "./name-choices.tsx";

const cadences = [
  { value: "monthly", label: "each month" },
  { value: "weekly", label: "each week" },
  { value: "1", label: "every trading day" },
  { value: "5", label: "every 5 trading days" },
  { value: "21", label: "every 21 trading days" },
] as const;

export function BacktestForm({ onStarted }: { readonly onStarted: () => void }) {
  const workflows = useApi("listWorkflows", {}).data?.workflows ?? [];
  const policies = useApi("listPolicies", {}).data?.policies ?? [];
  const market = useApi("getMarket", {}).data?.market ?? null;
  const navigate = useNavigate();
  const start = useChange("startBacktest", { renews: ["listBacktests"] });
  const [form, setForm] = useState(emptyBacktest);
  const set =
    <Name extends keyof BacktestFormState>(name: Name) =>
    (value: BacktestFormState[Name]) =>
      setForm((before) => ({ ...before, [name]: value }));
  // Only what asks agents decides anything on companies.
  const deciding = workflows.filter(({ agents }) => agents.length > 0);
  const workflow = deciding.find(({ name }) => name === form.workflow) ?? deciding[0];
  const agents = workflow?.agents ?? [];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const without = form.without.filter((name) => agents.includes(name));
    start.mutate(
      { body: backtestBodyOf({ ...form, without, workflow: workflow?.name ?? "" }) },
      {
        onSuccess: ({ id }) => {
          onStarted();
          void navigate(backtestPath(id));
        },
      },
    );
  };
  return (
    <form className="experiment-form" onSubmit={submit}>
      {start.error !== null && <ErrorNotice error={start.error} title="The backtest was not started" />}
      <div className="experiment-form-row">
        <Select
          label="Workflow"
          value={workflow?.name ?? ""}
          choices={deciding.map(({ name }) => ({ value: name, label: name }))}
          onChange={(name) => setForm((before) => ({ ...before, workflow: name }))}
        />
        <Select label="It decides" value={form.cadence} choices={cadences} onChange={set("cadence")} />
      </div>
      <div className="experiment-form-row">
        <TextField
          label="From"
          type="date"
          value={form.from}
          onChange={set("from")}
          hint={market === null ? undefined : `${market.firstDate} unless given`}
        />
        <TextField
          label="To"
          type="date"
          value={form.to}
          onChange={set("to")}
          hint={market === null ? undefined : `${market.lastDate} unless given`}
        />
      </div>
      <TextField
        label="Companies"
        value={form.universe}
        onChange={set("universe")}
        placeholder={market === null ? "all" : `all: ${market.symbols.slice(0, 8).join(", ")}`}
        hint="Symbols with commas between them; all that are known on the day unless given."
      />
      {policies.length > 0 && (
        <NameChoices
          label="Policies to compare"
          hint="The workflow's own unless some are chosen. Each makes the best of them likelier to be so by luck."
          names={policies.map(({ name }) => name)}
          chosen={form.policies}
          onChange={set("policies")}
        />
      )}
      {agents.length > 0 && (
        <NameChoices
          label="Agents to leave out in turn"
          hint="What is it worth without each of them?"
          names={agents}
          chosen={form.without}
          onChange={set("without")}
        />
      )}
      <div className="experiment-form-row">
        <TextField
          label="Costs, bps of what is traded"
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
