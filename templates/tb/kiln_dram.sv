// The DRAM model for event-driven simulators: the rules of src/fabric/HARDWARE.md section 9, written apart from the
// golden simulator's model (src/sim/dram.ts) and from the Verilator harness's (dram.h). All three must pass
// test/unit/sim/dram-cases.json. Simulation only.
`default_nettype none

module kiln_dram #(
  parameter int Ports       = 1,
  parameter int AddressBits = 32,
  parameter int Beats       = 64,  // of 64 bytes: how much memory there is
  parameter int Responses   = 4096 // more than are ever outstanding on a port; a power of two
) (
  input  logic        clk_i,
  input  logic        clear_i,      // empty queues, full credits: the state in which a run begins
  // Profile.
  input  logic [63:0] unit_i,
  input  logic [63:0] read_i,
  input  logic [63:0] total_i,
  input  logic [63:0] read_latency_i,
  input  logic [63:0] write_latency_i,
  input  logic [63:0] limit_i,      // bytes beyond it read 0 and are not written
  // AXI4, the ports side by side.
  input  logic [Ports-1:0] arvalid_i,
  input  logic [Ports*AddressBits-1:0] araddr_i,
  input  logic [Ports*8-1:0] arlen_i,
  input  logic [Ports*8-1:0] arid_i,
  output logic [Ports-1:0] arready_o,
  output logic [Ports-1:0] rvalid_o,
  output logic [Ports*512-1:0] rdata_o,
  output logic [Ports*8-1:0] rid_o,
  output logic [Ports-1:0] rlast_o,
  input  logic [Ports-1:0] awvalid_i,
  input  logic [Ports*AddressBits-1:0] awaddr_i,
  input  logic [Ports*8-1:0] awlen_i,
  input  logic [Ports*8-1:0] awid_i,
  output logic [Ports-1:0] awready_o,
  input  logic [Ports-1:0] wvalid_i,
  input  logic [Ports*512-1:0] wdata_i,
  input  logic [Ports*64-1:0] wstrb_i,
  output logic [Ports-1:0] wready_o,
  output logic [Ports-1:0] bvalid_o,
  output logic [Ports*8-1:0] bid_o
);

  // Beats that wait on a port in one direction, and so bursts: at most.
  localparam int Depth = 64;

  logic [511:0] memory [0:Beats-1];

  // Rings, a slice of each for each port: the next to leave, the next free.
  logic [7:0]  read_id      [0:Ports*Depth-1];
  logic [63:0] read_beat    [0:Ports*Depth-1];
  logic [7:0]  read_left    [0:Ports*Depth-1];
  logic [63:0] read_due     [0:Ports*Depth-1];
  logic [7:0]  write_id     [0:Ports*Depth-1];
  logic [63:0] write_beat   [0:Ports*Depth-1];
  logic [7:0]  write_left   [0:Ports*Depth-1];
  logic [511:0] data_words  [0:Ports*Depth-1];
  logic [63:0] data_strobe  [0:Ports*Depth-1];
  logic [7:0]  response_id  [0:Ports*Responses-1];
  logic [63:0] response_due [0:Ports*Responses-1];
  int read_head      [0:Ports-1];
  int read_count     [0:Ports-1];
  int write_head     [0:Ports-1];
  int write_count    [0:Ports-1];
  int data_head      [0:Ports-1];
  int data_count     [0:Ports-1];
  int response_head  [0:Ports-1];
  int response_count [0:Ports-1];
  // Beats accepted or announced, and not served.
  int read_beats  [0:Ports-1];
  int write_beats [0:Ports-1];

  logic [63:0] read_pool;
  logic [63:0] total_pool;
  logic [63:0] cost;
  logic [63:0] now;
  int          first;
  // What a bench asks for at the end.
  logic        out_of_range;
  logic [63:0] first_out_of_range;
  logic [63:0] served_reads;
  logic [63:0] served_writes;
  initial begin
    out_of_range       = 1'b0;
    first_out_of_range = 64'd0;
    served_reads       = 64'd0;
    served_writes      = 64'd0;
  end

  int          slot;
  int          start;
  int          port;
  int          at;
  logic        refused;
  logic        waits;
  logic [63:0] beat;
  logic [511:0] words;
  logic [63:0] strobe;
  logic [Ports-1:0] served;

  always @(posedge clk_i) begin
    cost = 64'd64 * unit_i;
    served = '0;
    if (clear_i) begin
      for (int p = 0; p < Ports; p++) begin
        read_head[p]      = 0;
        read_count[p]     = 0;
        write_head[p]     = 0;
        write_count[p]    = 0;
        data_head[p]      = 0;
        data_count[p]     = 0;
        response_head[p]  = 0;
        response_count[p] = 0;
        read_beats[p]     = 0;
        write_beats[p]    = 0;
      end
      read_pool  = read_i + cost;
      total_pool = total_i + cost;
      first      = 0;
      now        = 64'd0;
    end else begin
      // The handshakes of this cycle.
      for (int p = 0; p < Ports; p++) begin
        if (arvalid_i[p] && arready_o[p]) begin
          at = p * Depth + (read_head[p] + read_count[p]) % Depth;
          read_id[at]   = arid_i[p*8 +: 8];
          read_beat[at] = 64'(araddr_i[p*AddressBits +: AddressBits]) >> 6;
          read_left[at] = arlen_i[p*8 +: 8] + 8'd1;
          read_due[at]  = now + read_latency_i;
          read_count[p] = read_count[p] + 1;
          read_beats[p] = read_beats[p] + int'(arlen_i[p*8 +: 8]) + 1;
        end
        if (wvalid_i[p] && wready_o[p]) begin
          at = p * Depth + (data_head[p] + data_count[p]) % Depth;
          data_words[at]  = wdata_i[p*512 +: 512];
          data_strobe[at] = wstrb_i[p*64 +: 64];
          data_count[p]   = data_count[p] + 1;
        end
        if (awvalid_i[p] && awready_o[p]) begin
          at = p * Depth + (write_head[p] + write_count[p]) % Depth;
          write_id[at]   = awid_i[p*8 +: 8];
          write_beat[at] = 64'(awaddr_i[p*AddressBits +: AddressBits]) >> 6;
          write_left[at] = awlen_i[p*8 +: 8] + 8'd1;
          write_count[p] = write_count[p] + 1;
          write_beats[p] = write_beats[p] + int'(awlen_i[p*8 +: 8]) + 1;
        end
      end
      // Credits, then one visit to every slot, from the one refused last.
      read_pool  = read_pool < cost ? read_pool + read_i : read_i + cost;
      total_pool = total_pool < cost ? total_pool + total_i : total_i + cost;
      refused    = 1'b0;
      start      = first;
      for (int k = 0; k < 2 * Ports; k++) begin
        slot = (start + k) % (2 * Ports);
        port = slot / 2;
        if (slot % 2 == 0) begin
          at    = port * Depth + read_head[port];
          waits = read_count[port] != 0 && now + 64'd1 >= read_due[at];
        end else begin
          at    = port * Depth + write_head[port];
          waits = write_count[port] != 0 && data_count[port] != 0;
        end
        if (waits && total_pool >= cost && (slot % 2 == 1 || read_pool >= cost)) begin
          total_pool = total_pool - cost;
          beat       = slot % 2 == 0 ? read_beat[at] : write_beat[at];
          if (beat * 64'd64 >= limit_i && !out_of_range) begin
            out_of_range       = 1'b1;
            first_out_of_range = beat * 64'd64;
          end
          words = beat * 64'd64 < limit_i ? memory[beat] : 512'd0;
          if (slot % 2 == 0) begin
            read_pool             = read_pool - cost;
            served[port]          = 1'b1;
            rdata_o[port*512 +: 512] <= words;
            rid_o[port*8 +: 8]    <= read_id[at];
            rlast_o[port]         <= read_left[at] == 8'd1;
            served_reads          = served_reads + 64'd1;
            read_beats[port]      = read_beats[port] - 1;
            read_beat[at]         = beat + 64'd1;
            read_left[at]         = read_left[at] - 8'd1;
            if (read_left[at] == 8'd0) begin
              read_head[port]  = (read_head[port] + 1) % Depth;
              read_count[port] = read_count[port] - 1;
            end
          end else begin
            strobe = data_strobe[port * Depth + data_head[port]];
            for (int i = 0; i < 64; i++) begin
              if (strobe[i]) begin
                words[i*8 +: 8] = data_words[port * Depth + data_head[port]][i*8 +: 8];
              end
            end
            if (beat * 64'd64 < limit_i) begin
              memory[beat] = words;
            end
            served_writes     = served_writes + 64'd1;
            data_head[port]   = (data_head[port] + 1) % Depth;
            data_count[port]  = data_count[port] - 1;
            write_beats[port] = write_beats[port] - 1;
            write_beat[at]    = beat + 64'd1;
            write_left[at]    = write_left[at] - 8'd1;
            if (write_left[at] == 8'd0) begin
              slot = port * Responses + (response_head[port] + response_count[port]) % Responses;
              response_id[slot]    = write_id[at];
              response_due[slot]   = now + write_latency_i;
              response_count[port] = response_count[port] + 1;
              write_head[port]     = (write_head[port] + 1) % Depth;
              write_count[port]    = write_count[port] - 1;
            end
          end
        end else if (waits && !refused) begin
          refused = 1'b1;
          first   = slot;
        end
      end
      now = now + 64'd1;
    end
    // What the fabric sees in the next cycle.
    for (int p = 0; p < Ports; p++) begin
      arready_o[p] <= read_beats[p] + 16 <= 64;
      awready_o[p] <= write_beats[p] + 16 <= 64;
      wready_o[p]  <= write_beats[p] > data_count[p];
      rvalid_o[p]  <= served[p];
      bvalid_o[p]  <= 1'b0;
      at = p * Responses + response_head[p];
      if (response_count[p] != 0 && response_due[at] <= now) begin
        bvalid_o[p]       <= 1'b1;
        bid_o[p*8 +: 8]   <= response_id[at];
        response_head[p]  = (response_head[p] + 1) % Responses;
        response_count[p] = response_count[p] - 1;
      end
    end
  end
endmodule

`default_nettype wire
