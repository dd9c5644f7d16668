// Colour mode and density of this browser's preferences, from before the first paint on.
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
