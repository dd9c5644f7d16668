import "@cloudscape-design/global-styles/index.css";
import "@/app/console.css";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ConsoleProviders } from "@/app/console-providers";
import { requestFacts } from "@/lib/console/request";

export const metadata: Metadata = {
  title: { default: "Leasehold", template: "%s · Leasehold" },
  robots: { index: false, follow: false },
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const { nonce, renderedAt } = await requestFacts();
  return (
    <html lang="en">
      {/* theme.js sets the colour mode before anything is painted, and before React compares. */}
      <body suppressHydrationWarning>
        {/* eslint-disable-next-line @next/next/no-sync-scripts -- late, it would show a light page first */}
        <script src="/theme.js" nonce={nonce} />
        <ConsoleProviders renderedAt={renderedAt}>{children}</ConsoleProviders>
      </body>
    </html>
  );
}
