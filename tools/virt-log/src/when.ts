const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads a point in time: `-10m` or `10m ago` (s, m, h, d), `14:05` or `14:05:30` of today, `now`, `@SECONDS`, or a date
 * with or without a time, in the machine's time zone unless it says another.
 * @throws Error
 */
export function parseWhen(text: string, now: Date = new Date()): bigint {
  const relative = /^(?:-(\d+)([smhd])|(\d+)([smhd]) ago)$/.exec(text);
  if (relative) {
    const unit = (relative[2] ?? relative[4]) as keyof typeof unitMs; // one of the letters of the expression
    return BigInt(now.getTime() - Number(relative[1] ?? relative[3]) * unitMs[unit]);
  }
  if (text === "now") return BigInt(now.getTime());
  const epoch = /^@(\d+)$/.exec(text);
  if (epoch) return BigInt(epoch[1] ?? 0) * 1000n;
  const clock = /^(\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
  if (clock) {
    const [, hours, minutes, seconds = "0"] = clock;
    return BigInt(new Date(now).setHours(Number(hours), Number(minutes), Number(seconds), 0));
  }
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text.replace(" ", "T");
  const time = Date.parse(day);
  if (Number.isNaN(time)) throw new Error(`cannot understand the time '${text}'`);
  return BigInt(time);
}
