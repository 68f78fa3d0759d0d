/**
 * A password as it is hashed (RFC 4013). The tables are big, so they are loaded by the first text outside ASCII.
 * @throws Error for characters that a password cannot have
 */
export async function prepare(text: string): Promise<string> {
  if (/^[ -~]*$/.test(text)) return text;
  const { saslprep } = await import("@mongodb-js/saslprep");
  return saslprep(text);
}
