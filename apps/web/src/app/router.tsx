/** The pages by their addresses. Each is a script of its own, loaded when somebody goes there. */
import { createBrowserRouter } from "react-router";
import { ErrorPage } from "./error-page.tsx";
import { lazyPage } from "./lazy-page.ts";
import { NotFoundPage } from "./not-found-page.tsx";
import { Shell } from "./shell.tsx";

const TodayPage = lazyPage(() =>
  import("../pages/today/today-page.tsx").then(({ TodayPage }) => ({ default: TodayPage })),
);
const RunsPage = lazyPage(() =>
  import("../pages/runs/runs-page.tsx").then(({ RunsPage }) => ({ default: RunsPage })),
);
const RunPage = lazyPage(() =>
  import("../pages/run/run-page.tsx").then(({ RunPage }) => ({ default: RunPage })),
);
const DiffPage = lazyPage(() =>
  import("../pages/diff/diff-page.tsx").then(({ DiffPage }) => ({ default: DiffPage })),
);
const DecisionPage = lazyPage(() =>
  import("../pages/decision/decision-page.tsx").then(({ DecisionPage }) => ({ default: DecisionPage })),
);
const WorkflowsPage = lazyPage(() =>
  import("../pages/workflows/workflows-page.tsx").then(({ WorkflowsPage }) => ({ default: WorkflowsPage })),
);
const WorkflowPage = lazyPage(() =>
  import("../pages/workflow/workflow-page.tsx").then(({ WorkflowPage }) => ({ default: WorkflowPage })),
);
const AgentsPage = lazyPage(() =>
  import("../pages/agents/agents-page.tsx").then(({ AgentsPage }) => ({ default: AgentsPage })),
);
const ComparePage = lazyPage(() =>
  import("../pages/compare/compare-page.tsx").then(({ ComparePage }) => ({ default: ComparePage })),
);
const AgentPage = lazyPage(() =>
  import("../pages/agent/agent-page.tsx").then(({ AgentPage }) => ({ default: AgentPage })),
);
const ExperimentsPage = lazyPage(() =>
  import("../pages/experiments/experiments-page.tsx").then(({ ExperimentsPage }) => ({
    default: ExperimentsPage,
  })),
);
const BacktestPage = lazyPage(() =>
  import("../pages/backtest/backtest-page.tsx").then(({ BacktestPage }) => ({ default: BacktestPage })),
);
const EvaluationPage = lazyPage(() =>
  import("../pages/evaluation/evaluation-page.tsx").then(({ EvaluationPage }) => ({
    default: EvaluationPage,
  })),
);
const LabPage = lazyPage(() =>
  import("../pages/lab/lab-page.tsx").then(({ LabPage }) => ({ default: LabPage })),
);
const AboutPage = lazyPage(() =>
  import("../pages/about/about-page.tsx").then(({ AboutPage }) => ({ default: AboutPage })),
);
const SignInPage = lazyPage(() =>
  import("../pages/sign-in/sign-in-page.tsx").then(({ SignInPage }) => ({ default: SignInPage })),
);

export const router = createBrowserRouter([
  {
    element: <Shell />,
    errorElement: <ErrorPage />,
    children: [
      {
        errorElement: <ErrorPage />,
        children: [
          { index: true, element: <TodayPage /> },
          { path: "runs", element: <RunsPage /> },
          { path: "runs/diff", element: <DiffPage /> },
          { path: "runs/:runId", element: <RunPage /> },
          { path: "runs/:runId/decisions/:task", element: <DecisionPage /> },
          { path: "workflows", element: <WorkflowsPage /> },
          { path: "workflows/:name", element: <WorkflowPage /> },
          { path: "agents", element: <AgentsPage /> },
          { path: "agents/compare", element: <ComparePage /> },
          { path: "agents/:name", element: <AgentPage /> },
          { path: "experiments", element: <ExperimentsPage /> },
          { path: "experiments/backtests/:id", element: <BacktestPage /> },
          { path: "experiments/evaluations/:id", element: <EvaluationPage /> },
          { path: "lab", element: <LabPage /> },
          { path: "about", element: <AboutPage /> },
          { path: "*", element: <NotFoundPage /> },
        ],
      },
    ],
  },
  { path: "/sign-in", element: <SignInPage />, errorElement: <ErrorPage /> },
]);
