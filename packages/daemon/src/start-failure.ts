/** Exit codes of libvirt's daemons; units and scripts look at them. */
export const ExitCode = {
  none: 0,
  pidFile: 1,
  runDirectory: 2,
  init: 3,
  signal: 4,
  privileges: 5,
  network: 6,
  config: 7,
  hooks: 8,
  reExec: 9,
  driver: 10,
  /** An error nobody caught: our own bug. */
  crash: 70,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Why a daemon cannot start, for the person who started it, and the exit code that tells programs. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
