/**
 * The parameters of an architecture, as read from `arch/*.yaml`.
 *
 * Every field has a default (the published Plasticine parameters where it has one), a unit and a
 * legal range. Relations between fields are checked in `validate.ts`; this file knows single
 * fields only.
 */
import { z } from 'zod';

const count = (min: number, max: number, value: number, doc: string) => z.int().min(min).max(max).default(value).describe(doc);

const grid = z
  .strictObject({
    columns: count(1, 64, 16, 'columns of compute and memory units'),
    rows: count(1, 64, 8, 'rows of compute and memory units'),
    /** `checkerboard`: PCU where x + y is even. `columns`: even columns PCU, odd columns PMU. */
    pattern: z.enum(['checkerboard', 'columns']).default('checkerboard').describe('where PCUs and PMUs stand'),
  })
  .prefault({});

const latency = z
  .strictObject({
    simple: count(1, 6, 1, 'cycles of integer, logic, compare, select'),
    multiply: count(1, 6, 2, 'cycles of integer multiply'),
    float: count(1, 6, 4, 'cycles of binary32 add, multiply, fma, conversions'),
  })
  .prefault({});

const pcu = z
  .strictObject({
    lanes: count(1, 32, 16, 'lanes of a vector; a power of two; the whole fabric uses it'),
    stages: count(2, 16, 6, 'pipeline stages; the last one holds the lane tree'),
    registers: count(2, 16, 6, 'pipeline registers a lane and stage'),
    counters: count(1, 8, 6, 'counters of the context'),
    ring: count(1, 16, 4, 'accumulator entries a lane and stage; at least the longest latency'),
    vectorIn: count(1, 8, 4, 'vector input FIFOs'),
    vectorOut: count(1, 6, 2, 'vector output FIFOs'),
    scalarIn: count(1, 8, 4, 'scalar input FIFOs'),
    scalarOut: count(1, 6, 2, 'scalar output FIFOs'),
    controlIn: count(1, 8, 2, 'token inputs'),
    controlOut: count(1, 8, 2, 'token outputs'),
    float: z.boolean().default(true).describe('binary32 operations are built'),
  })
  .prefault({});

const pmu = z
  .strictObject({
    bankWords: count(16, 65536, 4096, '32-bit words a bank; banks = lanes; a power of two'),
    writeContexts: count(1, 4, 2, 'write contexts sharing the write port'),
    readContexts: count(1, 4, 2, 'read contexts sharing the read port; context i owns vector and scalar output i'),
    counters: count(1, 8, 6, 'counters a context'),
    vectorIn: count(1, 8, 3, 'vector input FIFOs'),
    scalarIn: count(1, 8, 4, 'scalar input FIFOs'),
    controlIn: count(1, 8, 4, 'token inputs from the network'),
    controlOut: count(1, 8, 4, 'token outputs'),
    tokens: count(1, 16, 8, 'token counters of the unit'),
  })
  .prefault({});

const ag = z
  .strictObject({
    sides: z
      .array(z.enum(['west', 'east', 'north', 'south']))
      .min(1)
      .max(4)
      .default(['west', 'east'])
      .describe('borders that carry address generators'),
    counters: count(1, 8, 6, 'counters of the context'),
    scalarIn: count(1, 8, 2, 'scalar input FIFOs: bounds, offsets, numbers of words'),
    controlIn: count(1, 8, 2, 'token inputs'),
    controlOut: count(1, 8, 2, 'token outputs'),
    burstBeats: count(1, 16, 4, '64 B beats in one AXI burst at most'),
    responseBeats: count(8, 256, 64, 'beats of read data that may be outstanding or waiting'),
    writeBeats: count(8, 256, 32, 'beats of write data that may wait'),
    commands: count(2, 64, 16, 'runs that may wait between issue and transfer'),
  })
  .prefault({});

const host = z
  .strictObject({
    args: count(1, 16, 4, 'argument registers, each a scalar stream source'),
    results: count(1, 16, 4, 'result registers, each a scalar stream sink'),
    tokens: count(1, 16, 6, 'token inputs that may be part of done'),
  })
  .prefault({});

const fifo = z
  .strictObject({
    vector: count(2, 256, 32, 'entries of a vector input FIFO; a power of two'),
    scalar: count(2, 256, 16, 'entries of a scalar input FIFO; a power of two'),
    output: count(4, 16, 4, 'entries of an output FIFO of a unit; a power of two'),
  })
  .prefault({});

const network = z
  .strictObject({
    vectorTracks: count(1, 8, 4, 'vector tracks between adjacent switches, each direction'),
    scalarTracks: count(1, 8, 4, 'scalar tracks between adjacent switches, each direction'),
    controlTracks: count(1, 8, 4, 'control tracks between adjacent switches, each direction'),
  })
  .prefault({});

const memory = z
  .strictObject({
    ports: count(1, 16, 4, 'AXI4 ports of 64 B beats'),
    addressBits: count(20, 34, 34, 'bits of a byte address'),
  })
  .prefault({});

const control = z
  .strictObject({
    startDelay: count(1, 8, 2, 'cycles from the commit (T0) to all units being armed'),
    watchdogLog2: count(6, 30, 16, 'a run without a transfer for two to this many cycles is a hang'),
  })
  .prefault({});

/** The schema of an architecture file. */
export const archSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .describe('lower case identifier; names the RTL top'),
  description: z.string().default('').describe('one line for reports'),
  grid,
  pcu,
  pmu,
  ag,
  host,
  latency,
  fifo,
  network,
  memory,
  control,
});

/** A complete, range-checked set of parameters (relations between fields: see `validate.ts`). */
export type Arch = z.infer<typeof archSchema>;

/** Words of 32 bits in one 64 B memory beat. */
export const BEAT_WORDS = 16;
/** Bytes in one memory beat. */
export const BEAT_BYTES = 64;
