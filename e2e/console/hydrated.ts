import type { Page } from "@playwright/test";

/**
 * Waits until the page's fields are React's: what is typed into the markup of the server before that
 * reaches no component, as no event of it is kept.
 */
export async function untilHydrated(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const field = document.querySelector("main input, main textarea, main button");
    return field !== null && Object.keys(field).some((key) => key.startsWith("__reactProps$"));
  });
}
