/** A line both shells run. With `differs`, what ours does otherwise and why: then it must differ. */
export type Row = string | { readonly line: string; readonly differs: string };

/** Lines that are run one after another on a fresh `test:///default`. */
export interface Session {
  readonly name: string;
  readonly rows: readonly Row[];
  /** Files they name. */
  readonly files?: Readonly<Record<string, string>>;
}

export const lineOf = (row: Row): string => (typeof row === "string" ? row : row.line);
