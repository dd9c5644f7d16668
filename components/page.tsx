"use client";

import AppLayoutToolbar, {
  type AppLayoutToolbarProps,
} from "@cloudscape-design/components/app-layout-toolbar";
import Box from "@cloudscape-design/components/box";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import HelpPanel from "@cloudscape-design/components/help-panel";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { usePathname } from "next/navigation";
import { useState, type ReactNode } from "react";
import { Flashes } from "@/components/flashes";
import { useFollow } from "@/components/follow";
import { useNarrowLayout } from "@/components/narrow";
import { activeEntry, NAVIGATION } from "@/components/navigation";
import { ObjectPath } from "@/components/object-path";
import { HEADER_ID, useBanner, useNavigation } from "@/components/shell";

type PageProps = {
  title: string;
  description?: ReactNode;
  /** The API path of what is shown. */
  apiPath?: string;
  actions?: ReactNode;
  counter?: string;
  /** From the first level below the console down to the page above this one. */
  above?: readonly { text: string; href: string }[];
  help?: { title: string; content: ReactNode };
  contentType?: AppLayoutToolbarProps.ContentType;
  splitPanel?: ReactNode;
  splitPanelOpen?: boolean;
  onSplitPanelToggle?: (isOpen: boolean) => void;
  children: ReactNode;
};

/** One page of the console: navigation, breadcrumbs, messages, header, content, help. */
export function Page(props: PageProps) {
  const { isOpen, setOpen } = useNavigation();
  useNarrowLayout(() => setOpen(false));
  const [isHelpOpen, setHelpOpen] = useState(false);
  const { help, splitPanelOpen, onSplitPanelToggle } = props;
  return (
    <AppLayoutToolbar
      headerSelector={`#${HEADER_ID}`}
      contentType={props.contentType ?? "default"}
      navigation={<Navigation />}
      navigationOpen={isOpen}
      onNavigationChange={({ detail }) => setOpen(detail.open)}
      breadcrumbs={<Breadcrumbs {...props} />}
      notifications={<Notifications />}
      content={<Content {...props} />}
      toolsHide={help === undefined}
      tools={help && <HelpPanel header={<h2>{help.title}</h2>}>{help.content}</HelpPanel>}
      toolsOpen={isHelpOpen}
      onToolsChange={({ detail }) => setHelpOpen(detail.open)}
      splitPanel={props.splitPanel}
      {...(splitPanelOpen !== undefined && { splitPanelOpen })}
      onSplitPanelToggle={({ detail }) => onSplitPanelToggle?.(detail.open)}
      ariaLabels={{
        navigation: "Pages",
        navigationToggle: "Open the list of pages",
        navigationClose: "Close the list of pages",
        notifications: "Notifications",
        tools: "Help",
        toolsToggle: "Open help",
        toolsClose: "Close help",
      }}
    />
  );
}

function Notifications() {
  return (
    <>
      {useBanner()}
      <Flashes />
    </>
  );
}

function Navigation() {
  const follow = useFollow();
  return (
    <SideNavigation items={NAVIGATION} activeHref={activeEntry(usePathname())} onFollow={follow} />
  );
}

function Breadcrumbs({ title, above = [] }: PageProps) {
  const follow = useFollow();
  const path = usePathname();
  if (path === "/") return null;
  return (
    <BreadcrumbGroup
      ariaLabel="Breadcrumbs"
      items={[{ text: "Overview", href: "/" }, ...above, { text: title, href: path }]}
      onFollow={follow}
    />
  );
}

function Content({ title, description, apiPath, actions, counter, children }: PageProps) {
  return (
    <ContentLayout
      header={
        <SpaceBetween size="xxs">
          <Header variant="h1" actions={actions} {...(counter && { counter })}>
            {title}
          </Header>
          {/* Beside the header and not its description, which is a paragraph and can hold no block. */}
          {description !== undefined && <Box variant="div">{description}</Box>}
          {apiPath !== undefined && (
            <Box variant="div">
              <ObjectPath path={apiPath} />
            </Box>
          )}
        </SpaceBetween>
      }
    >
      {children}
    </ContentLayout>
  );
}
