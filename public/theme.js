// Follows the system's colour mode, from before the first paint on.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const apply = () => document.body.classList.toggle("awsui-dark-mode", dark.matches);
dark.addEventListener("change", apply);
apply();
