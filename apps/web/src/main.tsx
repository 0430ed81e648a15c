/** Begins the application. */
import "./design/tokens.css";
import "./design/base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { createQueryClient } from "./api/query-client.ts";
import { paths, signInPath } from "./app/paths.ts";
import { router } from "./app/router.tsx";

const queryClient = createQueryClient(() => {
  const { pathname, search } = window.location;
  if (pathname !== paths.signIn) void router.navigate(signInPath(`${pathname}${search}`), { replace: true });
});

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Suspense>
        <RouterProvider router={router} />
      </Suspense>
    </QueryClientProvider>
  </StrictMode>,
);
