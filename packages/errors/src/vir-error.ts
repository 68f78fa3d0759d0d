import { ErrorCode } from "./code.ts";
import type { ErrorDomain } from "./domain.ts";
import { headings } from "./headings.ts";

export const ErrorLevel = { NONE: 0, WARNING: 1, ERROR: 2 } as const;
export type ErrorLevel = (typeof ErrorLevel)[keyof typeof ErrorLevel];

export interface VirErrorOptions extends ErrorOptions {
  /** Defaults to ERROR. */
  level?: ErrorLevel;
  /** errno for SYSTEM_ERROR; -1 otherwise. */
  int1?: number;
  int2?: number;
  /** Replaces the whole text, heading included: for errors that arrive ready-made from a peer. */
  message?: string;
  /** The template and arguments as a peer sent them; `str2` is otherwise the detail. */
  str1?: string;
  str2?: string;
  str3?: string;
}

/**
 * The one error type that crosses package and process boundaries.
 *
 * `message` is the full text a client prints: the code's heading, then the detail.
 * `code` and `domain` are numbers clients switch on.
 */
export class VirError extends Error {
  override readonly name = "VirError";
  readonly domain: ErrorDomain;
  readonly code: ErrorCode;
  readonly level: ErrorLevel;
  /** The text behind the heading. */
  readonly detail: string | undefined;
  readonly str1: string;
  readonly str2: string | undefined;
  readonly str3: string | undefined;
  readonly int1: number;
  readonly int2: number;

  constructor(domain: ErrorDomain, code: ErrorCode, detail?: string, options: VirErrorOptions = {}) {
    const heading = headings[code] ?? ["unknown error", "%s"];
    const template = detail === undefined ? heading[0] : heading[1];
    super(options.message ?? template.replace("%s", () => detail ?? ""), options);
    this.domain = domain;
    this.code = code;
    this.level = options.level ?? ErrorLevel.ERROR;
    this.detail = detail;
    this.str1 = options.str1 ?? template.replace("%s", template === "%s" ? "%s" : "%1$s");
    this.str2 = options.str2 ?? detail;
    this.str3 = options.str3;
    this.int1 = options.int1 ?? -1;
    this.int2 = options.int2 ?? -1;
  }

  /**
   * Turns whatever was thrown into a VirError, once, at the boundary.
   * Anything that is not one already is our own bug: INTERNAL_ERROR in `domain`, the original as `cause`.
   */
  static from(thrown: unknown, domain: ErrorDomain): VirError {
    if (thrown instanceof VirError) return thrown;
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    return new VirError(domain, ErrorCode.INTERNAL_ERROR, text, { cause: thrown });
  }
}
