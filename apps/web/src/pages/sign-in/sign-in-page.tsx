/** Sign in. */
import { Page } from "../../app/page.tsx";
import { EmptyState } from "../../design/empty-state.tsx";

export function SignInPage() {
  return (
    <Page title="Sign in">
      <EmptyState title="Under way" />
    </Page>
  );
}
