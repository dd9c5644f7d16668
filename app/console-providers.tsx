"use client";

import { I18nProvider } from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { RenderedAt } from "@/components/now";
import { PreferencesProvider } from "@/components/preferences";

/** What every page's client components rely on. */
export function ConsoleProviders({
  renderedAt,
  children,
}: {
  /** Milliseconds since 1970, by the server's clock. */
  renderedAt: number;
  children: ReactNode;
}) {
  const [queryClient] = useState(() => new QueryClient());
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <RenderedAt.Provider value={renderedAt}>
        <PreferencesProvider>
          <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
        </PreferencesProvider>
      </RenderedAt.Provider>
    </I18nProvider>
  );
}
