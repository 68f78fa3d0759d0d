import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** What went wrong while coding a value; each enclosing struct and array adds its part to `path`. */
export class Failure {
  path = "";
  readonly what: string;
  readonly cause: unknown;

  constructor(what: string, cause?: unknown) {
    this.what = what;
    this.cause = cause;
  }
}

/** Adds the step (`name` or `[3]`) at which `thrown` passed, on its way out. */
export function within(thrown: unknown, step: string): Failure {
  const failure =
    thrown instanceof Failure
      ? thrown
      : new Failure(thrown instanceof Error ? thrown.message : String(thrown), thrown);
  const glue = failure.path === "" || failure.path.startsWith("[") ? "" : ".";
  failure.path = `${step}${glue}${failure.path}`;
  return failure;
}

/** The VirError (domain RPC, code RPC) with "path: what" as its detail. */
export function toVirError(thrown: unknown): VirError {
  const { path, what, cause } = thrown instanceof Failure ? thrown : within(thrown, "");
  const detail = path === "" ? what : `${path}: ${what}`;
  return new VirError(ErrorDomain.RPC, ErrorCode.RPC, detail, cause === undefined ? {} : { cause });
}

/** The checks compiled code calls; each one throws. */
export const failures = {
  short(need: number, left: number): never {
    throw new Failure(`need ${need} bytes, ${left} left`);
  },
  over(count: number, limit: number, unit: string): never {
    throw new Failure(`${count} ${unit}, limit ${limit}`);
  },
  exactly(count: number, length: number, unit: string): never {
    throw new Failure(`${count} ${unit}, must be ${length}`);
  },
  unknownArm(type: unknown): never {
    throw new Failure(`unknown union discriminant ${type}`);
  },
  unfit(value: unknown, wanted: string): never {
    const shown = typeof value === "number" || typeof value === "bigint" ? String(value) : typeof value;
    throw new Failure(`${shown} is not ${wanted}`);
  },
};
