import { type ErrorDomain, systemError } from "@libvirt-ts/errors";
import { native } from "@libvirt-ts/native";

export interface ReplaceOptions {
  /** Error domain of a failure. */
  domain: ErrorDomain;
  /** What could not be done, as its error says it: "cannot write config file '/x'". */
  failure: string;
  /** The content must outlive a power failure; default true. */
  sync?: boolean;
}

/**
 * Replaces a file of the daemon's own: whoever reads it, or comes after a crash, finds the old or the new content.
 * @throws VirError SYSTEM_ERROR
 */
export async function replaceFile(path: string, text: string, options: ReplaceOptions): Promise<void> {
  const rc = await native.replaceFile(path, text, 0o600, options.sync);
  if (rc < 0) throw systemError(options.domain, rc, options.failure);
}
