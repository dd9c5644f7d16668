/**
 * What a request asks for, as policies and the audit log name it. `create` and `update` are both
 * writes: `create` when an existence check says that nothing is there yet. `help` asks for a path's
 * description and is judged by no policy.
 */
export type Operation = "create" | "read" | "update" | "patch" | "delete" | "list" | "help";
