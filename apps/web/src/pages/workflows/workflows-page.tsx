/** Workflows. */
import { Page } from "../../app/page.tsx";
import { EmptyState } from "../../design/empty-state.tsx";

export function WorkflowsPage() {
  return (
    <Page title="Workflows">
      <EmptyState title="Under way" />
    </Page>
  );
}
