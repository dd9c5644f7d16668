/**
 * Answers with what was last found out while that is fresh, and asks one question at a time: for
 * what is asked far more often than it changes.
 */
export function recently<T>(maxAgeMs: number, ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | null = null;
  let freshUntil = 0;
  return () => {
    const now = performance.now();
    if (asked === null || now >= freshUntil) {
      freshUntil = now + maxAgeMs;
      asked = ask();
      asked.catch(() => (freshUntil = 0));
    }
    return asked;
  };
}
