/**
 * What a command could not do, in the words of the shell. It is printed behind "error: "; the reason, if there is one,
 * on a line of its own after it.
 */
export class ShellError extends Error {
  override readonly name = "ShellError";
}

/** @throws ShellError with this text when `work` fails, and its reason as the cause */
export async function doing<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new ShellError(what, { cause });
  }
}
