/** The other side broke the protocol or does not know the password. Never tells more than the log may know. */
export class ScramError extends Error {
  override readonly name = "ScramError";
}

/** The values of `a=...,b=...` in the order of `letters`; further ones are extensions. @throws ScramError */
export function attributes(message: string, letters: string): string[] {
  const parts = message.split(",");
  return [...letters].map((letter, i) => {
    const part = parts[i];
    if (part?.startsWith(`${letter}=`) !== true) throw new ScramError(`no attribute ${letter}`);
    return part.slice(2);
  });
}

/** A name inside a message: "," and "=" are escaped. */
export const encodeName = (name: string): string => name.replaceAll("=", "=3D").replaceAll(",", "=2C");

/** @throws ScramError */
export function decodeName(text: string): string {
  if (/=(?!2C|3D)/.test(text)) throw new ScramError("bad name");
  return text.replaceAll("=2C", ",").replaceAll("=3D", "=");
}

/** @throws ScramError unless it is base64 as encoders write it */
export function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length === 0 || bytes.toString("base64") !== text) throw new ScramError("bad base64");
  return bytes;
}
