/** An answer that is good for a while; callers at the same time share the making of it. */
export function keptFor<T>(
  make: () => Promise<T>,
  { ms, now }: { ms: number; now: () => number },
): () => Promise<T> {
  let answer: { promise: Promise<T>; madeAt: number } | undefined;
  return () => {
    if (answer !== undefined && now() - answer.madeAt < ms && now() >= answer.madeAt) return answer.promise;
    const promise = make();
    answer = { promise, madeAt: now() };
    promise.catch(() => {
      if (answer?.promise === promise) answer = undefined; // whoever asks next tries again
    });
    return promise;
  };
}
