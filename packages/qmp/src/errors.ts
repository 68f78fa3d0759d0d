import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

/** What QEMU puts into `error.class`. */
export type QmpErrorClass =
  | "GenericError"
  | "CommandNotFound"
  | "DeviceNotActive"
  | "DeviceNotFound"
  | "KVMMissingCap";

/** QEMU refused a command. The text is libvirt's, so that clients can match it. */
export class QmpCommandError extends VirError {
  readonly command: string;
  readonly errorClass: string;
  /** QEMU's own words. */
  readonly description: string;

  constructor(command: string, error: { class?: string; desc?: string }) {
    const description = error.desc ?? "unknown error";
    super(
      ErrorDomain.QEMU,
      ErrorCode.INTERNAL_ERROR,
      `unable to execute QEMU command '${command}': ${description}`,
    );
    this.command = command;
    this.errorClass = error.class ?? "GenericError";
    this.description = description;
  }
}

/** The conversation ended before the answer came. */
export class MonitorClosedError extends VirError {
  constructor(detail = "End of file from qemu monitor", options: ErrorOptions = {}) {
    super(ErrorDomain.QEMU, ErrorCode.OPERATION_FAILED, detail, options);
  }
}
