/** What `-v` says: the libvirt whose behaviour this is. */
export const libraryVersion = "11.3.0";

export const longVersion = `virsh of libvirt-ts, for libvirt ${libraryVersion}

Drivers in this process: Test
By their daemons: QEMU/KVM, Network
Transports: UNIX socket, TCP, TLS, SSH, external program
`;

const options: readonly (readonly [string, string])[] = [
  ["-c | --connect=URI", "what to connect to"],
  ["-d | --debug=NUM", "0 (everything) to 4 (errors); kept for scripts"],
  ["-e | --escape <char>", "what leaves a console: ^] or the like"],
  ["-h | --help", "show this"],
  ["--json", "results as JSON, one value per command"],
  ["-k | --keepalive-interval=NUM", "ping after so many seconds of silence; 0: never"],
  ["-K | --keepalive-count=NUM", "give up after so many pings without an answer"],
  ["-l | --log=FILE", "write errors to a file too"],
  ["-q | --quiet", "results only"],
  ["-r | --readonly", "look, change nothing"],
  ["-t | --timing", "tell how long each command took"],
  ["-v", "version"],
  ["-V", "version and what is built in"],
];

export const usage = (): string => `
virsh [options]... [<command_string>]
virsh [options]... <command> [args...]

  options:
${options.map(([form, doc]) => `    ${form.padEnd(31)} ${doc}\n`).join("")}
  'help' lists the commands, 'help <command>' tells of one.

`;
