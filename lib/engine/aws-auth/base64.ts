const STANDARD = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Decodes standard, padded base64; line breaks are skipped, as MIME has them. Null for anything else,
 * so that what is judged and what is sent cannot be two readings of one text.
 */
export function decodeBase64(text: string): Buffer | null {
  const compact = text.replace(/[\r\n]/g, "");
  return STANDARD.test(compact) ? Buffer.from(compact, "base64") : null;
}
