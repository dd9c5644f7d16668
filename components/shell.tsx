"use client";

import dynamic from "next/dynamic";
import { createContext, useContext, useMemo, useState, type ReactNode } from "react";
import { FlashProvider } from "@/components/flashes";
import type { PaletteAccess } from "@/components/palette";
import { usePalette } from "@/components/palette-open";
import { type AskSession, type SessionTimes, SessionWatch } from "@/components/session-watch";
import { TopBar } from "@/components/top-bar";

export const HEADER_ID = "header";

/** Loaded when it is first opened. */
const Palette = dynamic(() => import("@/components/palette").then((loaded) => loaded.Palette), {
  ssr: false,
});

type Navigation = { isOpen: boolean; setOpen: (isOpen: boolean) => void };

const NavigationContext = createContext<Navigation>({ isOpen: true, setOpen: () => undefined });

/** Whether the side navigation is open; it stays so from page to page. */
export function useNavigation(): Navigation {
  return useContext(NavigationContext);
}

const BannerContext = createContext<ReactNode>(null);

/** What stands above every page: what does not work as it should. */
export function useBanner(): ReactNode {
  return useContext(BannerContext);
}

/** Who is signed in, until when, and how to end it. */
export type SignedInOperator = {
  name: string;
  session: SessionTimes;
  signOut: () => Promise<void>;
  signOutEverywhere: () => Promise<void>;
};

/** What stays while a signed-in operator moves from page to page. */
export function Shell({
  operator,
  askSession,
  palette: access,
  isPhone,
  banner,
  children,
}: {
  operator: SignedInOperator;
  askSession: AskSession;
  palette: Pick<PaletteAccess, "find" | "secretIn">;
  /** Where pages are narrow, the list of pages begins closed. */
  isPhone: boolean;
  banner: ReactNode;
  children: ReactNode;
}) {
  const [isOpen, setOpen] = useState(!isPhone);
  const palette = usePalette();
  const navigation = useMemo(() => ({ isOpen, setOpen }), [isOpen]);
  return (
    <FlashProvider>
      <NavigationContext.Provider value={navigation}>
        <div id={HEADER_ID} className="top">
          <TopBar operator={operator} onFind={palette.open} />
        </div>
        <BannerContext.Provider value={banner}>{children}</BannerContext.Provider>
        {palette.isOpen && (
          <Palette access={{ ...access, signOut: operator.signOut }} onClose={palette.close} />
        )}
        <SessionWatch first={operator.session} ask={askSession} />
      </NavigationContext.Provider>
    </FlashProvider>
  );
}
