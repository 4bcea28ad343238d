/** The view of the test bench for event-driven simulators. */
import { fingerprintOf } from '../fabric/fingerprint.ts';
import type { Fabric } from '../fabric/graph.ts';
import { HOST_ID, HOST_VERSION, REGISTERS, type Register, type RegisterKey } from '../fabric/register-map.ts';
import type { ModuleSignature } from '../rtl/signature.ts';
import type { Job } from './job.ts';

/** Registers told after a run, by the names under which the answer has them. */
const TOLD = {
  status: 'status',
  counted: 'cyclesLo',
  countedHi: 'cyclesHi',
  configCycles: 'configCycles',
  error: 'error',
  info: 'errorInfo',
} as const satisfies Record<string, RegisterKey>;

const addressOf = (key: RegisterKey): string => `12'h${REGISTERS[key].address.toString(16).padStart(3, '0')}`;
const word = (value: number): string => `32'h${(value >>> 0).toString(16).padStart(8, '0')}`;
const range = (port: number, width: number): string => `[${port * width + width - 1}:${port * width}]`;

/** Bit of a one-bit field. */
export function bitOf(key: RegisterKey, name: string): number {
  const register: Register = REGISTERS[key];
  const field = register.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`no field ${name} in ${register.name}`);
  return field.lsb;
}

/** `beats`: the memory's size in 64-byte beats. */
export function benchView({ arch }: Fabric, top: ModuleSignature, job: Job, beats: number) {
  const { lo, hi } = fingerprintOf(arch);
  const { ports, addressBits } = arch.memory;
  const axi = top.ports.flatMap(({ name, direction, width }) => {
    const found = /^m_axi_(\w+)_[io]$/.exec(name);
    return found ? [{ name: found[1], side: direction === 'input' ? 'i' : 'o', msb: Number(width) - 1 }] : [];
  });
  return {
    banner: `architecture ${arch.name}`,
    ports,
    addressBits,
    beats,
    imageLast: Math.ceil(job.image.length / 64) - 1,
    jobLast: jobWords(arch, job).length - 1,
    axi,
    each: Array.from({ length: ports }, (_, index) => ({
      index,
      address: range(index, addressBits),
      b8: range(index, 8),
      strb: range(index, 64),
    })),
    args: arch.host.args,
    results: arch.host.results,
    at: Object.fromEntries((Object.keys(REGISTERS) as RegisterKey[]).map((key) => [key, addressOf(key)])),
    bit: { loaded: bitOf('status', 'LOADED'), error: bitOf('status', 'ERROR') },
    load: word(1 << bitOf('ctrl', 'LOAD')),
    start: word(1 << bitOf('ctrl', 'START')),
    probes: [
      { address: addressOf('id'), value: word(HOST_ID) },
      { address: addressOf('version'), value: word(HOST_VERSION) },
      { address: addressOf('fingerprintLo'), value: word(lo) },
      { address: addressOf('fingerprintHi'), value: word(hi) },
    ],
    told: Object.entries(TOLD).map(([name, key]) => ({ name, address: addressOf(key) })),
  };
}

/** The words of `job.hex`, in the order in which the bench names them. */
export function jobWords(arch: Fabric['arch'], { dram, address, image, maxCycles, loadPolls, sections: [{ args }] }: Job): number[] {
  const { unit, read, total, readLatency, writeLatency } = dram;
  const registers = Array.from({ length: arch.host.args }, (_, i) => args[i] ?? 0);
  return [unit, read, total, readLatency, writeLatency, address / 64, image.length, maxCycles, loadPolls, ...registers];
}
