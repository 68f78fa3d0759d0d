import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** "XML error: DETAIL": the document is well formed but does not say what it must. */
export const xmlError = (detail: string): VirError =>
  new VirError(ErrorDomain.XML, ErrorCode.XML_ERROR, detail);

/** Which document, and who reads it. */
export interface Origin {
  readonly what: string;
  /** Path of the file it is, told in place of `what`. */
  readonly file?: string | undefined;
  readonly errorDomain: ErrorDomain;
}

/**
 * A document that is not well formed: `(WHAT):LINE: MESSAGE`, the offending line and a pointer below it.
 * @param at `column`: characters before the place of the error
 */
export function malformed(
  { what, file, errorDomain }: Origin,
  at: { readonly line: number; readonly column: number; readonly lineText: string },
  message: string,
): VirError {
  const text = `${file ?? `(${what})`}:${at.line}: ${message}\n${at.lineText}\n${"-".repeat(Math.min(at.column, 80))}^`;
  return new VirError(errorDomain, ErrorCode.XML_DETAIL, text);
}
