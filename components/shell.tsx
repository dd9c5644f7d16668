"use client";

import { createContext, useContext, useMemo, useState, type ReactNode } from "react";
import { FlashProvider } from "@/components/flashes";
import { SessionWatch } from "@/components/session-watch";
import { TopBar } from "@/components/top-bar";

export const HEADER_ID = "header";

type Navigation = { isOpen: boolean | null; setOpen: (isOpen: boolean) => void };

const NavigationContext = createContext<Navigation>({ isOpen: null, setOpen: () => undefined });

/** Whether the side navigation is open: null as long as the operator left it to the page's width. */
export function useNavigation(): Navigation {
  return useContext(NavigationContext);
}

/** Who is signed in, until when, and how to end it. */
export type SignedInOperator = {
  name: string;
  /** ISO 8601. */
  idleUntil: string;
  endsAt: string;
  signOut: () => Promise<void>;
  signOutEverywhere: () => Promise<void>;
};

/** What stays while a signed-in operator moves from page to page. */
export function Shell({ operator, children }: { operator: SignedInOperator; children: ReactNode }) {
  const [isOpen, setOpen] = useState<boolean | null>(null);
  const navigation = useMemo(() => ({ isOpen, setOpen }), [isOpen]);
  return (
    <FlashProvider>
      <NavigationContext.Provider value={navigation}>
        <div id={HEADER_ID} className="top">
          <TopBar operator={operator} />
        </div>
        {children}
        <SessionWatch idleUntil={operator.idleUntil} endsAt={operator.endsAt} />
      </NavigationContext.Provider>
    </FlashProvider>
  );
}
