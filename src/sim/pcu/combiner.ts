/** Combines the ring entries of a completed reduction, beside the pipeline and free of its stalls. */
export class Combiner {
  /** By registers: it holds a reduction. */
  busy = false;
  /** First cycle in which the result is there. */
  validFrom = 0;
  value = 0;
  ok = 0;
  final = 0;
  /** Outputs that get the result, a bit each. */
  sends = 0;

  /** `time`: cycles from the snapshot to the result. */
  constructor(private readonly time: number) {}

  snapshot(cycle: number, value: number, ok: number, sends: number, final: number): void {
    this.busy = true;
    this.validFrom = cycle + this.time;
    this.value = value;
    this.ok = ok;
    this.sends = sends;
    this.final = final;
  }
}
