/** A named step of some work. Passing it does nothing, unless a test asked for it to be the last one. */
export type Failpoint<Name extends string = string> = (name: Name) => void;

/** In the environment of a daemon: the step at which it is to end. */
export const failpointVariable = "LIBVIRT_FAILPOINT";

/**
 * @param wanted `NAME` or `NAME@COUNT` (from the COUNTth time on); undefined or empty: nothing ever happens
 * @param act what happens at the step, such as killing this process
 */
export function failpoints<Name extends string = string>(
  wanted: string | undefined,
  act: (name: Name) => void,
): Failpoint<Name> {
  if (!wanted) return () => {};
  const [name, count = "1"] = wanted.split("@");
  let left = Number(count);
  return (at) => {
    if (at !== name) return;
    left -= 1;
    if (left <= 0) act(at);
  };
}
