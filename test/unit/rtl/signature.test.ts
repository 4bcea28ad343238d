import { expect, test } from 'vitest';
import { signatureOf } from '../../../src/rtl/signature.ts';

const text = `// A module.
module kiln_x #(
  parameter  int Width = 8,  // bits
  localparam int Msb = Width - 1
) (
  input  logic clk_i,
  // A stream in.
  input  logic [1:0] vin_valid_i,
  input  logic [Msb:0] vin_data0_i,
  input  logic [Msb:0] vin_data1_i,
  output logic [1:0] vin_ready_o,
  // Tokens out.
  output logic cout_valid_o,
  input  logic cout_ready_i,
  output logic [31:0] lone_valid_o // no stream
);
  kiln_fifo #(
    .Width (32'd8)
  ) u_a (
  );
  kiln_y u_y (
  );
  kiln_y u_z (
  );
endmodule
`;

test('reads ports, parameters, streams and instances', () => {
  expect(signatureOf('kiln_x', 'lib/x.sv.njk', text, { configBits: 7 })).toEqual({
    name: 'kiln_x',
    template: 'lib/x.sv.njk',
    parameters: [{ name: 'Width', default: '8' }],
    ports: [
      { name: 'clk_i', direction: 'input', width: 1 },
      { name: 'vin_valid_i', direction: 'input', width: 2 },
      { name: 'vin_data0_i', direction: 'input', width: '[Msb:0]' },
      { name: 'vin_data1_i', direction: 'input', width: '[Msb:0]' },
      { name: 'vin_ready_o', direction: 'output', width: 2 },
      { name: 'cout_valid_o', direction: 'output', width: 1 },
      { name: 'cout_ready_i', direction: 'input', width: 1 },
      { name: 'lone_valid_o', direction: 'output', width: 32 },
    ],
    streams: [
      { name: 'vin', direction: 'input', data: ['vin_data0_i', 'vin_data1_i'], valid: 'vin_valid_i', ready: 'vin_ready_o' },
      { name: 'cout', direction: 'output', data: [], valid: 'cout_valid_o', ready: 'cout_ready_i' },
    ],
    uses: ['kiln_fifo', 'kiln_y'],
    configBits: 7,
  });
});

test('refuses a header that it cannot read, and another module', () => {
  expect(() => signatureOf('kiln_x', 't', text.replace('input  logic clk_i,', 'input logic a, b,'))).toThrow('not one port');
  expect(() => signatureOf('kiln_y', 't', text)).toThrow('no module `kiln_y`');
});

test('a comment that holds `);` does not end the header', () => {
  const commented = text.replace('input  logic clk_i,', '// A clock (one edge); see above.\n  input  logic clk_i,');
  expect(signatureOf('kiln_x', 't', commented).ports).toEqual(signatureOf('kiln_x', 't', text).ports);
});
