// Plays one case on kiln_dram and prints what the fabric would see, in the lines of test/unit/sim/dram-cases.json, as
// dram_case.cpp does. `case.txt` holds words separated by blanks:
//   unit read total readLatency writeLatency  ports bytes cycles  then actions  cycle port what a b c
`default_nettype none

module kiln_dram_case #(
  parameter int Ports = 1,
  parameter int Beats = 1
);
  logic clk;
  logic clear;
  logic [63:0] unit;
  logic [63:0] read;
  logic [63:0] total;
  logic [63:0] read_latency;
  logic [63:0] write_latency;
  logic [63:0] bytes;
  logic [Ports-1:0] arvalid;
  logic [Ports*64-1:0] araddr;
  logic [Ports*8-1:0] arlen;
  logic [Ports*8-1:0] arid;
  logic [Ports-1:0] arready;
  logic [Ports-1:0] rvalid;
  logic [Ports*512-1:0] rdata;
  logic [Ports*8-1:0] rid;
  logic [Ports-1:0] rlast;
  logic [Ports-1:0] awvalid;
  logic [Ports*64-1:0] awaddr;
  logic [Ports*8-1:0] awlen;
  logic [Ports*8-1:0] awid;
  logic [Ports-1:0] awready;
  logic [Ports-1:0] wvalid;
  logic [Ports*512-1:0] wdata;
  logic [Ports*64-1:0] wstrb;
  logic [Ports-1:0] wready;
  logic [Ports-1:0] bvalid;
  logic [Ports*8-1:0] bid;

  kiln_dram #(
    .Ports       (Ports),
    .AddressBits (64),
    .Beats       (Beats)
  ) u_dram (
    .clk_i           (clk),
    .clear_i         (clear),
    .unit_i          (unit),
    .read_i          (read),
    .total_i         (total),
    .read_latency_i  (read_latency),
    .write_latency_i (write_latency),
    .limit_i         (bytes),
    .arvalid_i       (arvalid),
    .araddr_i        (araddr),
    .arlen_i         (arlen),
    .arid_i          (arid),
    .arready_o       (arready),
    .rvalid_o        (rvalid),
    .rdata_o         (rdata),
    .rid_o           (rid),
    .rlast_o         (rlast),
    .awvalid_i       (awvalid),
    .awaddr_i        (awaddr),
    .awlen_i         (awlen),
    .awid_i          (awid),
    .awready_o       (awready),
    .wvalid_i        (wvalid),
    .wdata_i         (wdata),
    .wstrb_i         (wstrb),
    .wready_o        (wready),
    .bvalid_o        (bvalid),
    .bid_o           (bid)
  );

  int file;
  int ports;
  int cycles;
  int fields;
  int at;
  int port;
  logic [15:0] what;
  logic [63:0] a;
  logic [63:0] b;
  logic [63:0] c;
  logic [Ports*3-1:0] ready;
  logic [2:0] seen;
  logic [511:0] words;

  task step;
    begin
      #1 clk = 1'b1;
      #1 clk = 1'b0;
      arvalid = '0;
      awvalid = '0;
      wvalid  = '0;
    end
  endtask

  initial begin
    file = $fopen("case.txt", "r");
    fields = $fscanf(file, "%d %d %d %d %d %d %d %d", unit, read, total, read_latency, write_latency, ports, bytes, cycles);
    for (int i = 0; i < Beats; i++) begin
      for (int w = 0; w < 16; w++) begin
        words[w*32 +: 32] = 16 * i + w;
      end
      u_dram.memory[i] = words;
    end
    clk     = 1'b0;
    arvalid = '0;
    awvalid = '0;
    wvalid  = '0;
    wstrb   = '0;
    wdata   = '0;
    clear   = 1'b1;
    step;
    clear   = 1'b0;
    fields = $fscanf(file, "%d %d %s %d %d %d", at, port, what, a, b, c);
    for (int cycle = 0; cycle < cycles; cycle++) begin
      for (int p = 0; p < Ports; p++) begin
        seen = {arready[p], awready[p], wready[p]};
        if (seen !== ready[p*3 +: 3]) begin
          $display("%0d ready %0d %b", cycle, p, seen);
        end
        ready[p*3 +: 3] = seen;
      end
      for (int p = 0; p < Ports; p++) begin
        if (rvalid[p]) begin
          $display("%0d r %0d %0d %0d %0d", cycle, p, rid[p*8 +: 8], rdata[p*512 +: 32], rlast[p]);
        end
        if (bvalid[p]) begin
          $display("%0d b %0d %0d", cycle, p, bid[p*8 +: 8]);
        end
      end
      while (fields == 6 && at == cycle) begin
        if (what == "ar") begin
          arvalid[port] = 1'b1;
          arid[port*8 +: 8] = a[7:0];
          araddr[port*64 +: 64] = b;
          arlen[port*8 +: 8] = c[7:0] - 8'd1;
        end else if (what == "aw") begin
          awvalid[port] = 1'b1;
          awid[port*8 +: 8] = a[7:0];
          awaddr[port*64 +: 64] = b;
          awlen[port*8 +: 8] = c[7:0] - 8'd1;
        end else begin
          wvalid[port] = 1'b1;
          for (int w = 0; w < 16; w++) begin
            wdata[port*512 + w*32 +: 32] = a[31:0] + w;
            wstrb[port*64 + w*4 +: 4] = {4{b[w]}};
          end
        end
        fields = $fscanf(file, "%d %d %s %d %d %d", at, port, what, a, b, c);
      end
      step;
    end
    if (u_dram.out_of_range) begin
      $display("outOfRange %0d", u_dram.first_out_of_range);
    end
    for (int i = 0; i < Beats; i++) begin
      words = u_dram.memory[i];
      for (int w = 0; w < 16; w++) begin
        $display("word %0d", words[w*32 +: 32]);
      end
    end
    $finish;
  end
endmodule

`default_nettype wire
