/** Workflow. */
import { Page } from "../../app/page.tsx";
import { EmptyState } from "../../design/empty-state.tsx";

export function WorkflowPage() {
  return (
    <Page title="Workflow">
      <EmptyState title="Under way" />
    </Page>
  );
}
