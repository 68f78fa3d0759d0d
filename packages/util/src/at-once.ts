/**
 * For work that mostly is done at once and sometimes has to wait: on the common way there is no promise, and so no
 * turn of the microtask queue, which a call of microseconds would notice.
 */
export type AtOnce<T> = T | Promise<T>;

/** Goes on with a value, at once if it is there. */
export function afterwards<T, R>(value: AtOnce<T>, next: (value: T) => AtOnce<R>): AtOnce<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Does `end` last, however `work` ends. */
export function lastly<T>(work: () => AtOnce<T>, end: () => void): AtOnce<T> {
  let result: AtOnce<T>;
  try {
    result = work();
  } catch (error) {
    end();
    throw error;
  }
  if (result instanceof Promise) return result.finally(end);
  end();
  return result;
}
