/** Signing in with the token of the start-up address, or with an API key. */
import "./sign-in.css";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { useChange } from "../../api/use-api.ts";
import { Page } from "../../app/page.tsx";
import { paths } from "../../app/paths.ts";
import { Button } from "../../design/button.tsx";
import { ErrorNotice } from "../../design/error-notice.tsx";
import { TextField } from "../../design/field.tsx";

export function SignInPage() {
  const [secret, setSecret] = useState("");
  const [search] = useSearchParams();
  const client = useQueryClient();
  const navigate = useNavigate();
  const signIn = useChange("signIn");
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate(
      { body: { secret: secret.trim() } },
      {
        onSuccess: () => {
          client.clear();
          void navigate(ownPath(search.get("next")), { replace: true });
        },
      },
    );
  };
  return (
    <main className="sign-in">
      <Page title="Sign in" about="This server answers only to those who may ask.">
        <form className="stack" onSubmit={onSubmit}>
          <TextField
            label="Token or API key"
            type="password"
            autoComplete="off"
            isRequired
            maxLength={500}
            value={secret}
            onChange={setSecret}
            hint="The address that was printed at the start signs you in by itself; the token stands behind ?token= in it. Keys are made with mycroft keys create."
          />
          {signIn.error !== null && <ErrorNotice title="That was not accepted" error={signIn.error} />}
          <div>
            <Button kind="primary" icon="key" submits isBusy={signIn.isPending}>
              Sign in
            </Button>
          </div>
        </form>
      </Page>
    </main>
  );
}

/** Only ever a page of this application, whatever a link says. */
function ownPath(next: string | null): string {
  if (next === null || !next.startsWith("/")) return paths.today;
  const { origin, pathname, search } = new URL(next, window.location.origin);
  return origin === window.location.origin && pathname !== paths.signIn
    ? `${pathname}${search}`
    : paths.today;
}
