/** The protocol checkers of the bench say what is wrong, and nothing of what is right. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emitRtl, modulePath } from '../../src/rtl/emit.ts';
import { writeAtomic } from '../../src/tools/files.ts';
import { run } from '../../src/tools/run.ts';
import { withScratch } from '../../src/tools/scratch.ts';
import { requireTools } from '../../src/tools/versions.ts';
import { fabricNamed } from '../support/fabric.ts';

const files = new Map(emitRtl(fabricNamed('tiny')).map(({ path, text }) => [path, text]));

const CHANNELS = ['ar', 'r', 'aw', 'w', 'b'];
const SIGNALS: Record<string, number> = {
  ...Object.fromEntries(CHANNELS.flatMap((channel) => [`${channel}valid`, `${channel}ready`].map((name) => [name, 1]))),
  ...Object.fromEntries(
    ['ar', 'aw'].flatMap((c) => Object.entries({ addr: 30, len: 8, size: 3, burst: 2, id: 8 }).map(([n, w]) => [c + n, w])),
  ),
  ...{ rdata: 512, rid: 8, rlast: 1, wdata: 512, wstrb: 64, wlast: 1, bid: 8 },
};

/** One cycle: what differs from all zero (and from bursts of the right shape). */
type Cycle = Partial<Record<keyof typeof SIGNALS, number>>;

const ar = (fields: Cycle = {}): Cycle => ({ arvalid: 1, arready: 1, araddr: 0x1000, arlen: 1, arid: 2, ...fields });
const aw = (fields: Cycle = {}): Cycle => ({ awvalid: 1, awready: 1, awaddr: 0x1000, awlen: 1, awid: 1, ...fields });
const r = (fields: Cycle = {}): Cycle => ({ rvalid: 1, rready: 1, rid: 2, ...fields });
const w = (fields: Cycle = {}): Cycle => ({ wvalid: 1, wready: 1, ...fields });
const b = (fields: Cycle = {}): Cycle => ({ bvalid: 1, bready: 1, bid: 1, ...fields });

test('a checker of AXI4', { timeout: 300_000 }, async () => {
  const good: Cycle[] = [
    ar({ arready: 0 }),
    ar(),
    { ...r(), ...aw() },
    { ...r({ rlast: 1 }), ...w(), ...ar({ arid: 0xff, arlen: 3, araddr: 0x1f00 }) },
    { ...w({ wlast: 1 }), ...ar({ arlen: 0 }) },
    b({ bready: 0 }),
    { ...b(), ...r({ rlast: 1 }) },
    ...[0, 0, 0, 1].map((rlast) => r({ rid: 0xff, rlast })),
  ];
  const wrong: readonly (readonly [string, Cycle[], RegExp])[] = [
    ['a retracted address', [ar({ arready: 0 }), {}], /valid retracted \(00001/],
    ['a changed address', [aw({ awready: 0 }), aw({ awready: 0, awaddr: 0x1040 })], /payload changed .*\(00100/],
    ['changed write data', [aw(), w({ wready: 0, wdata: 1 }), w({ wdata: 2 })], /payload changed .*\(01000/],
    ['a burst too long', [ar({ arlen: 4 })], /AR 00001000 is no INCR burst of at most 4 beats/],
    ['beats of another size', [aw({ awsize: 2 })], /AW 00001000 is no INCR burst/],
    ['an unaligned address', [ar({ araddr: 0x1020 })], /is no INCR burst/],
    ['a burst over a page', [ar({ araddr: 0x1f80, arlen: 2 })], /crosses 4 KB/],
    ['an ID of nobody', [ar({ arid: 3 })], /an ID that is not of this port/],
    ['the loader writes', [aw({ awid: 0xff })], /an ID that is not of this port/],
    ['data before its address', [w()], /write data before its address/],
    ['a last too early', [aw(), w({ wlast: 1 })], /WLAST is 1 with\s+1 beats left/],
    ['a last that is missing', [aw({ awlen: 0 }), w()], /WLAST is 0 with\s+0 beats left/],
    ['read data of nobody', [r()], /read data of ID\s+2, which waits for none/],
    ['read data of another', [ar(), r({ rid: 1 })], /read data of ID\s+1, which waits for none/],
    ['a read last too early', [ar(), r({ rlast: 1 })], /RLAST is 1/],
    ['a read last that is missing', [ar({ arlen: 0 }), r()], /RLAST is 0/],
    ['a response to nobody', [b()], /a response to ID\s+1, which waits for none/],
    ['a response before the data', [aw(), w(), b()], /a response to ID\s+1, which waits for none/],
    ['a second response', [aw({ awlen: 0 }), w({ wlast: 1 }), b(), b()], /a response to ID\s+1/],
  ];
  await withScratch('axi-check', async (dir) => {
    expect(await said(dir, good)).toBe('the end\n');
    for (const [what, cycles, message] of wrong) {
      const text = await said(dir, [...good, ...cycles, {}]);
      expect(text, what).toMatch(message);
      expect(text, what).not.toContain('the end');
    }
  });
});

/** What the checker of a port prints in a run of these cycles. */
async function said(dir: string, cycles: readonly Cycle[]): Promise<string> {
  const { iverilog } = await requireTools('iverilog');
  const names = Object.keys(SIGNALS);
  const shape = { arsize: 6, awsize: 6, arburst: 1, awburst: 1 };
  const rows = cycles.map((cycle) => {
    const values: Record<string, number> = { ...shape, ...(cycle as Record<string, number>) };
    return ['    @(negedge clk);', ...names.map((name) => `    ${name} = ${values[name] ?? 0};`)].join('\n');
  });
  const bench = `module bench;
  reg clk = 0;
  reg clear = 1;
${names.map((name) => `  reg [${SIGNALS[name] - 1}:0] ${name} = 0;`).join('\n')}
  kiln_axi_check #(.Port(0), .Ports(1), .Generators(3), .AddressBits(30)) u_check (
    .clk_i(clk), .clear_i(clear), ${names.map((name) => `.${name}_i(${name})`).join(', ')});
  always #5 clk = !clk;
  initial begin
    repeat (3) @(negedge clk);
    clear = 0;
${rows.join('\n')}
    @(negedge clk);
    $display("the end");
    $finish;
  end
endmodule
`;
  const sources = ['kiln_axi_check', 'kiln_stable_check'].map(modulePath);
  for (const path of sources) await writeAtomic(join(dir, path), files.get(path) as string);
  await writeAtomic(join(dir, 'bench.sv'), bench);
  await run(iverilog.command, ['-g2012', '-s', 'bench', '-o', 'bench.vvp', 'bench.sv', ...sources], { cwd: dir });
  const { stdout } = await run('vvp', ['-n', 'bench.vvp'], { cwd: dir });
  return stdout
    .split('\n')
    .filter((line) => !line.includes('$finish called'))
    .join('\n');
}
