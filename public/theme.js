// Runs before the first paint and before React. The server rendered the wide layout: hold to it until
// components/narrow.ts lets go.
window[Symbol.for("awsui-force-mobile-mode")] = false;

// Colour mode and density of this browser's preferences.
try {
  const stored = JSON.parse(localStorage.getItem("leasehold.preferences") ?? "{}");
  const isDark =
    stored.mode === "dark" ||
    (stored.mode !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.body.classList.toggle("awsui-dark-mode", isDark);
  document.body.classList.toggle("awsui-compact-mode", stored.density === "compact");
} catch {
  // Nothing is stored, or nothing may be: the defaults stand.
}
