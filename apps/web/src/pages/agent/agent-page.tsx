/** Agent. */
import { Page } from "../../app/page.tsx";
import { EmptyState } from "../../design/empty-state.tsx";

export function AgentPage() {
  return (
    <Page title="Agent">
      <EmptyState title="Under way" />
    </Page>
  );
}
