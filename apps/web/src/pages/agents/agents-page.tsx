/** Agents. */
import { Page } from "../../app/page.tsx";
import { EmptyState } from "../../design/empty-state.tsx";

export function AgentsPage() {
  return (
    <Page title="Agents">
      <EmptyState title="Under way" />
    </Page>
  );
}
