/** Entries of one export: more would not fit into an archive of 4 GiB. */
export const EXPORT_ENTRIES_MAX = 1_000_000;
