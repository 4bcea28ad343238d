/** The inverse of `lane` modulo the lanes, 0 for a broadcast: which lane a bank serves. */
export function laneInverse(lane: number, lanes: number): number {
  if (lane === 0) return 0;
  const step = ((lane % lanes) + lanes) % lanes;
  for (let i = 0; i < lanes; i++) if ((step * i) % lanes === 1 % lanes) return i;
  throw new RangeError(`${lane} has no inverse modulo ${lanes}`);
}
