const two = (value: number) => String(value).padStart(2, "0");

/** "2026-01-31 14:05:09", where we are. @param seconds since 1970 */
export function localDateTime(seconds: number): string {
  const when = new Date(seconds * 1000);
  const date = [when.getFullYear(), two(when.getMonth() + 1), two(when.getDate())].join("-");
  return `${date} ${[when.getHours(), when.getMinutes(), when.getSeconds()].map(two).join(":")}`;
}

/** The same, and how far we are from Greenwich: "… +0100". */
export function localDateTimeWithZone(seconds: number): string {
  const minutes = -new Date(seconds * 1000).getTimezoneOffset();
  const away = Math.abs(minutes);
  const zone = `${minutes < 0 ? "-" : "+"}${two(Math.floor(away / 60))}${two(away % 60)}`;
  return `${localDateTime(seconds)} ${zone}`;
}

/** "2026-01-31 14:05:09" in Greenwich. */
export const utcDateTime = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");

/** "2026-01-31 14:05:09.123+0000", for what is logged. */
export const timestamp = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 23).replace("T", " ")}+0000`;
