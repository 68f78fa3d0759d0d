/** The process that wants something: its number alone could be another process's by now. */
export interface Subject {
  readonly pid: number;
  /** Clock ticks since boot: field 22 of /proc/PID/stat. */
  readonly startTime: bigint;
  readonly uid: number;
}

export interface Question {
  /** "org.libvirt.unix.manage" */
  readonly action: string;
  readonly subject: Subject;
  /** What rules can look at: `action.lookup("domain_name")`. */
  readonly details?: Readonly<Record<string, string>>;
  /** The user may be asked for a password. */
  readonly interactive: boolean;
}

export interface Answer {
  readonly isAuthorized: boolean;
  /** A password would help, but nobody can be asked for it. */
  readonly isChallenge: boolean;
  readonly details: Readonly<Record<string, string>>;
}

/** Who decides: polkitd, or a test. */
export interface Authority {
  /** @throws Error when there is nobody to decide */
  check(question: Question): Promise<Answer>;
  close(): void;
}
