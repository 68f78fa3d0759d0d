import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** "XML error: DETAIL": the document is well formed but does not say what it must. */
export const xmlError = (detail: string): VirError =>
  new VirError(ErrorDomain.XML, ErrorCode.XML_ERROR, detail);

/** Where the document is, and who reads it. */
export interface Origin {
  /** Path of the file it is. */
  readonly file?: string | undefined;
  readonly errorDomain: ErrorDomain;
}

/**
 * A document that is not well formed: `at line LINE: MESSAGE`, the offending line and a pointer below it.
 * @param at `column`: characters before the place of the error
 */
export function malformed(
  { file, errorDomain }: Origin,
  at: { readonly line: number; readonly column: number; readonly lineText: string | undefined },
  message: string,
): VirError {
  const place = file === undefined ? `at line ${at.line}` : `${file}:${at.line}`;
  const shown = at.lineText === undefined ? "" : `${at.lineText}\n${"-".repeat(at.column)}^`;
  const text = `${place}: ${message}\n${shown}`;
  return new VirError(errorDomain, ErrorCode.XML_DETAIL, text);
}
