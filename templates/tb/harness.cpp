// Runs bitstreams on the Verilated kiln_top, each loaded over the DRAM that the one before it left: DRAM on the AXI4 ports, the host
// on AXI4-Lite.
//
//   harness JOB
//
// JOB is a text of `key value` lines (see Job); the answers go into the directory it names: result.json, a list with an answer a
// bitstream that ran, and dram0.bin, dram1.bin and so on, the image after each.
// The host is the C driver of the hand-off kit (kiln_driver.c), whose header also tells the sizes of the architecture.
//
// One cycle: inputs are set from the registers of the models, the low phase is evaluated, outputs are sampled, then
// comes the rising edge and the models step. In T0 (commit_o is 1) the DRAM starts afresh instead of stepping.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "Vkiln_top.h"
#include "dram.h"
#include "kiln_driver.h"
#include "shuffled_dram.h"
#include "verilated.h"
#ifdef KILN_PROBES
#include "svdpi.h"
#endif
#if VM_TRACE
#if VM_TRACE_FST
#include "verilated_fst_c.h"
using Waves = VerilatedFstC;
#else
#include "verilated_vcd_c.h"
using Waves = VerilatedVcdC;
#endif
#endif

namespace {

constexpr unsigned kPorts = KILN_MEMORY_PORTS;
constexpr unsigned kAddressBits = KILN_MEMORY_ADDRESS_BITS;

#ifdef KILN_PROBES
// What moves, cycle by cycle (sim/trace.ts): for every event the cycle, the place, the kind and port, the number of words,
// and the words. From `probe_from` on, until `probe_words` are written; the last cycle is whole.
struct Probes {
  std::vector<uint32_t> words;
  uint64_t from = 2, most = 1ull << 26, cycle = 0, last = 0;

  void begin(uint64_t run_cycle) {
    cycle = run_cycle >= from && words.size() < most ? run_cycle : 0;
    if (cycle) last = cycle;
  }
  void tell(uint32_t place, uint32_t stream, const uint32_t* data, uint32_t count) {
    if (cycle == 0) return;
    const uint32_t head[] = {static_cast<uint32_t>(cycle), place, stream, count};
    words.insert(words.end(), head, head + 4);
    words.insert(words.end(), data, data + count);
  }
};
Probes probes;

// Kinds of events at the ports of the memory.
enum Event : uint32_t { kReadData = 0, kResponse = 1, kPortRead = 11, kPortWrite = 12, kPortData = 13 };
#endif

[[noreturn]] void fail(const std::string& why) {
  std::cerr << "harness: " << why << "\n";
  std::exit(3);
}

// Ports of any width, as Verilator types them: bits [lsb, lsb + width), width <= 64.
template <typename T>
uint64_t get(const T& port, unsigned lsb, unsigned width) {
  return static_cast<uint64_t>(port) >> lsb & (width == 64 ? ~0ull : (1ull << width) - 1);
}
template <std::size_t N>
uint64_t get(const VlWide<N>& port, unsigned lsb, unsigned width) {
  uint64_t value = 0;
  for (unsigned done = 0; done < width;) {
    const unsigned at = lsb + done, take = std::min(32 - at % 32, width - done);
    value |= (static_cast<uint64_t>(port[at / 32]) >> at % 32 & ((1ull << take) - 1)) << done;
    done += take;
  }
  return value;
}
template <typename T>
void put(T& port, unsigned lsb, unsigned width, uint64_t value) {
  const uint64_t mask = (width == 64 ? ~0ull : (1ull << width) - 1) << lsb;
  port = static_cast<T>((static_cast<uint64_t>(port) & ~mask) | (value << lsb & mask));
}
template <std::size_t N>
void put(VlWide<N>& port, unsigned lsb, unsigned width, uint64_t value) {
  for (unsigned done = 0; done < width;) {
    const unsigned at = lsb + done, take = std::min(32 - at % 32, width - done);
    const uint32_t mask = static_cast<uint32_t>(((1ull << take) - 1) << at % 32);
    port[at / 32] = (port[at / 32] & ~mask) | (static_cast<uint32_t>(value >> done) << at % 32 & mask);
    done += take;
  }
}

// One configuration and the arguments of its run.
struct Section {
  std::string bitstream;
  std::vector<uint32_t> args;
};

struct Job {
  std::string image, out, waves;
  std::vector<Section> sections;
  uint64_t config_address = 0;  // bytes; also where the DRAM of the run ends or later
  uint64_t max_cycles = 0;
  uint32_t load_polls = 0;
  uint32_t starts = 1;  // after one load, each with the image as it was at first; the last one is told
  kiln::DramProfile profile = {};
  uint64_t shuffle = 0;  // the seed of a memory that answers in any order and time; 0: the one of the profile
  uint64_t probe_from = 2, probe_words = 0;
};

Job read_job(const char* path) {
  std::ifstream in(path);
  if (!in) fail(std::string("cannot read ") + path);
  Job job;
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream words(line);
    std::string key;
    words >> key >> std::ws;
    if (key == "image") std::getline(words, job.image);
    else if (key == "bitstream") {
      job.sections.emplace_back();
      std::getline(words, job.sections.back().bitstream);
    } else if (key == "out") std::getline(words, job.out);
    else if (key == "waves") std::getline(words, job.waves);
    else if (key == "config_address") words >> job.config_address;
    else if (key == "max_cycles") words >> job.max_cycles;
    else if (key == "load_polls") words >> job.load_polls;
    else if (key == "starts") words >> job.starts;
    else if (key == "shuffle") words >> job.shuffle;
    else if (key == "probe_from") words >> job.probe_from;
    else if (key == "probe_words") words >> job.probe_words;
    else if (key == "profile") {
      words >> job.profile.unit >> job.profile.read >> job.profile.total >> job.profile.read_latency >> job.profile.write_latency;
    } else if (key == "args") {
      if (job.sections.empty()) fail("arguments before their bitstream");
      for (uint32_t value; words >> value;) job.sections.back().args.push_back(value);
    } else fail("unknown key " + key);
  }
  return job;
}

std::vector<uint8_t> read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) fail("cannot read " + path);
  std::vector<uint8_t> bytes(static_cast<std::size_t>(in.tellg()));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

class Bench {
 public:
  Bench(VerilatedContext& context, const Job& job, std::vector<uint8_t> memory, uint64_t image_bytes)
      : context_(context), top_(&context), memory_(memory_of(job, std::move(memory))), dram_(*memory_), image_bytes_(image_bytes) {
#if VM_TRACE
    if (!job.waves.empty()) {
      context.traceEverOn(true);
      waves_ = std::make_unique<Waves>();
      top_.trace(waves_.get(), 99);
      waves_->open(job.waves.c_str());
    }
#endif
    idle_inputs();
    top_.rst_ni = 0;
    for (int i = 0; i < 4; i++) cycle();
    top_.rst_ni = 1;
    cycle();
  }

  ~Bench() {
#if VM_TRACE
    if (waves_) waves_->close();
#endif
    top_.final();
  }

  void write(uint32_t address, uint32_t data) {
    top_.s_axil_awaddr_i = address;
    top_.s_axil_wdata_i = data;
    top_.s_axil_wstrb_i = 0xf;
    bool address_due = true, data_due = true, answer_due = true;
    for (int i = 0; address_due || data_due || answer_due; i++) {
      if (i > 1000) fail("no answer to a write at the host port");
      top_.s_axil_awvalid_i = address_due;
      top_.s_axil_wvalid_i = data_due;
      top_.s_axil_bready_i = 1;
      cycle([&] {
        if (address_due && top_.s_axil_awready_o) address_due = false;
        if (data_due && top_.s_axil_wready_o) data_due = false;
        if (top_.s_axil_bvalid_o) answer_due = false;
      });
    }
    top_.s_axil_awvalid_i = top_.s_axil_wvalid_i = top_.s_axil_bready_i = 0;
  }

  uint32_t read(uint32_t address) {
    uint32_t data = 0;
    top_.s_axil_araddr_i = address;
    bool address_due = true, answer_due = true;
    for (int i = 0; address_due || answer_due; i++) {
      if (i > 1000) fail("no answer to a read at the host port");
      top_.s_axil_arvalid_i = address_due;
      top_.s_axil_rready_i = 1;
      cycle([&] {
        if (address_due && top_.s_axil_arready_o) address_due = false;
        if (top_.s_axil_rvalid_o) {
          data = top_.s_axil_rdata_o;
          answer_due = false;
        }
      });
    }
    top_.s_axil_arvalid_i = top_.s_axil_rready_i = 0;
    return data;
  }

  void cycle() {
    cycle([] {});
  }

  // One cycle; `sample` sees the outputs before the rising edge.
  template <typename Sample>
  void cycle(Sample sample) {
    drive();
    top_.clk_i = 0;
    top_.eval();
    dump();
    sample();
    // Before the reset has taken effect registers may hold anything.
    const bool commit = top_.rst_ni && top_.commit_o;
    if (commit) {
      run_cycle_ = 1;
      end_cycle_ = 0;
    } else if (run_cycle_ > 0) run_cycle_++;
    if (run_cycle_ > 1 && end_cycle_ == 0 && (top_.done_o || !top_.running_o)) end_cycle_ = run_cycle_;
#ifdef KILN_PROBES
    probes.begin(commit ? 0 : run_cycle_);
    for (unsigned p = 0; p < kPorts; p++) {
      if (dram_.r_valid(p)) {
        uint32_t words[18];
        std::copy(dram_.r_data(p).words, dram_.r_data(p).words + 16, words);
        words[16] = dram_.r_id(p);
        words[17] = dram_.r_last(p);
        probes.tell(p, kReadData << 8, words, 18);
      }
      if (dram_.b_valid(p)) {
        const uint32_t id = dram_.b_id(p);
        probes.tell(p, kResponse << 8, &id, 1);
      }
    }
#endif
    if (top_.rst_ni && !commit) handshakes();
    top_.clk_i = 1;
    top_.eval();
    dump();
    if (commit) {
      dram_.reset();
      dram_.set_limit(image_bytes_);
    } else {
      dram_.tick();
    }
    if (context_.gotFinish()) fail("the simulation ended itself: see what its checkers say above");
    cycles_++;
  }

  // The number of the last cycle, T0 being 1; 0 before T0.
  uint64_t run_cycle() const { return run_cycle_; }
  // The cycle in which done or hang was first visible; 0 before.
  uint64_t end_cycle() const { return end_cycle_; }
  uint64_t cycles() const { return cycles_; }
  kiln::Dram& dram() { return dram_; }

 private:
  static std::unique_ptr<kiln::Dram> memory_of(const Job& job, std::vector<uint8_t> memory) {
    if (job.shuffle) return std::make_unique<kiln::ShuffledDram>(job.profile, kPorts, std::move(memory), job.shuffle);
    return std::make_unique<kiln::Dram>(job.profile, kPorts, std::move(memory));
  }

  // Inputs may begin with anything, as registers do.
  void idle_inputs() {
    top_.s_axil_awaddr_i = top_.s_axil_araddr_i = 0;
    top_.s_axil_wdata_i = 0;
    top_.s_axil_wstrb_i = 0;
    top_.s_axil_awvalid_i = top_.s_axil_wvalid_i = top_.s_axil_bready_i = 0;
    top_.s_axil_arvalid_i = top_.s_axil_rready_i = 0;
    for (unsigned p = 0; p < kPorts; p++) {
      put(top_.m_axi_rresp_i, 2 * p, 2, 0);
      put(top_.m_axi_bresp_i, 2 * p, 2, 0);
    }
  }

  void drive() {
    for (unsigned p = 0; p < kPorts; p++) {
      put(top_.m_axi_arready_i, p, 1, dram_.ar_ready(p));
      put(top_.m_axi_awready_i, p, 1, dram_.aw_ready(p));
      put(top_.m_axi_wready_i, p, 1, dram_.w_ready(p));
      put(top_.m_axi_rvalid_i, p, 1, dram_.r_valid(p));
      put(top_.m_axi_bvalid_i, p, 1, dram_.b_valid(p));
      if (dram_.r_valid(p)) {
        for (unsigned i = 0; i < 16; i++) put(top_.m_axi_rdata_i, 512 * p + 32 * i, 32, dram_.r_data(p).words[i]);
        put(top_.m_axi_rid_i, 8 * p, 8, dram_.r_id(p));
        put(top_.m_axi_rlast_i, p, 1, dram_.r_last(p));
      }
      if (dram_.b_valid(p)) put(top_.m_axi_bid_i, 8 * p, 8, dram_.b_id(p));
    }
  }

  void handshakes() {
    for (unsigned p = 0; p < kPorts; p++) {
      if (dram_.r_valid(p) && !get(top_.m_axi_rready_o, p, 1)) fail("RREADY is 0 while there is read data");
      if (dram_.b_valid(p) && !get(top_.m_axi_bready_o, p, 1)) fail("BREADY is 0 while there is a response");
      if (get(top_.m_axi_arvalid_o, p, 1) && dram_.ar_ready(p)) {
        const kiln::Burst b = burst(get(top_.m_axi_arid_o, 8 * p, 8), get(top_.m_axi_araddr_o, kAddressBits * p, kAddressBits),
                                    get(top_.m_axi_arlen_o, 8 * p, 8), get(top_.m_axi_arsize_o, 3 * p, 3), get(top_.m_axi_arburst_o, 2 * p, 2));
        tell_burst(p, true, b);
        dram_.ar(p, b);
      }
      if (get(top_.m_axi_wvalid_o, p, 1) && dram_.w_ready(p)) write_beat(p);
      if (get(top_.m_axi_awvalid_o, p, 1) && dram_.aw_ready(p)) {
        const kiln::Burst b = burst(get(top_.m_axi_awid_o, 8 * p, 8), get(top_.m_axi_awaddr_o, kAddressBits * p, kAddressBits),
                                    get(top_.m_axi_awlen_o, 8 * p, 8), get(top_.m_axi_awsize_o, 3 * p, 3), get(top_.m_axi_awburst_o, 2 * p, 2));
        tell_burst(p, false, b);
        dram_.aw(p, b);
        for (unsigned i = 1; i <= b.beats; i++) lasts_[p].push_back(i == b.beats);
      }
    }
  }

  void write_beat(unsigned p) {
    kiln::Beat beat;
    uint32_t strobe = 0;
    for (unsigned i = 0; i < 16; i++) {
      beat.words[i] = static_cast<uint32_t>(get(top_.m_axi_wdata_o, 512 * p + 32 * i, 32));
      const uint64_t bytes = get(top_.m_axi_wstrb_o, 64 * p + 4 * i, 4);
      if (bytes != 0 && bytes != 0xf) fail("a word is written in part");
      if (bytes != 0) strobe |= 1u << i;
    }
#ifdef KILN_PROBES
    uint32_t told[18];
    std::copy(beat.words, beat.words + 16, told);
    told[16] = strobe;
    told[17] = static_cast<uint32_t>(get(top_.m_axi_wlast_o, p, 1));
    probes.tell(p, kPortData << 8, told, 18);
#endif
    if (lasts_[p].empty() || lasts_[p].front() != (get(top_.m_axi_wlast_o, p, 1) != 0)) fail("WLAST is not on the last beat of the burst");
    lasts_[p].pop_front();
    dram_.w(p, beat, strobe);
  }

  static void tell_burst([[maybe_unused]] unsigned p, [[maybe_unused]] bool read, [[maybe_unused]] const kiln::Burst& b) {
#ifdef KILN_PROBES
    const uint32_t words[] = {static_cast<uint32_t>(b.address), static_cast<uint32_t>(b.address >> 32), b.beats - 1, b.id};
    probes.tell(p, (read ? kPortRead : kPortWrite) << 8, words, 4);
#endif
  }

  // What the fabric promises of every burst.
  kiln::Burst burst(uint64_t id, uint64_t address, uint64_t length, uint64_t size, uint64_t kind) {
    if (size != 6 || kind != 1) fail("a burst that is not INCR of 64-byte beats");
    if (address % 64 != 0) fail("a burst that does not begin at a beat");
    if (length > 15) fail("a burst of more than 16 beats");
    if (address / 4096 != (address + 64 * length) / 4096) fail("a burst that crosses 4 KB");
    return {static_cast<uint32_t>(id), address, static_cast<uint32_t>(length) + 1};
  }

  void dump() {
#if VM_TRACE
    if (waves_) waves_->dump(context_.time());
#endif
    context_.timeInc(1);
  }

  VerilatedContext& context_;
  Vkiln_top top_;
  const std::unique_ptr<kiln::Dram> memory_;
  kiln::Dram& dram_;
  uint64_t image_bytes_;
  std::deque<bool> lasts_[kPorts];
  uint64_t run_cycle_ = 0, end_cycle_ = 0, cycles_ = 0;
#if VM_TRACE
  std::unique_ptr<Waves> waves_;
#endif
};

// How the driver reaches the registers of the bench.
kiln_bus bus_of(Bench& bench) {
  return {&bench, [](void* context, uint32_t address) { return static_cast<Bench*>(context)->read(address); },
          [](void* context, uint32_t address, uint32_t value) { static_cast<Bench*>(context)->write(address, value); }};
}

// Beats that the memory served.
struct Served {
  uint64_t reads, writes;
};

// The answer of the bitstream that ran last, with what the memory served since `before`.
void tell_result(std::ostream& out, Bench& bench, const char* status, uint64_t cycles, const Served& before) {
  const kiln_bus bus = bus_of(bench);
  kiln_error error;
  const bool failed = kiln_get_error(&bus, &error) != 0;
  out << "{\"status\":\"" << status << "\",\"cycles\":" << cycles << ",\"counted\":" << kiln_get_cycles(&bus);
  out << ",\"configCycles\":" << kiln_get_config_cycles(&bus);
  out << ",\"residue\":" << (kiln_get_status(&bus) & KILN_STATUS_RESIDUE_MASK ? "true" : "false");
  if (failed) out << ",\"error\":{\"cause\":" << error.cause << ",\"x\":" << error.x << ",\"y\":" << error.y << ",\"info\":" << error.info << "}";
  out << ",\"reads\":" << bench.dram().served_reads() - before.reads << ",\"writes\":" << bench.dram().served_writes() - before.writes;
#ifdef KILN_PROBES
  out << ",\"told\":" << probes.last;
#endif
  if (bench.dram().out_of_range()) out << ",\"outOfRange\":" << bench.dram().first_out_of_range();
  out << ",\"results\":[";
  for (unsigned i = 0; i < KILN_RESULTS; i++) {
    uint32_t value;
    if (kiln_get_result(&bus, i, &value) != KILN_OK) fail("the driver knows fewer results than the hardware");
    out << (i ? "," : "") << value;
  }
  out << "]}";
}

// Loads and runs one bitstream over the image, which is then as the run left it; false: none after it can run.
bool run_section(Bench& bench, const Job& job, const Section& section, std::vector<uint8_t>& image, std::ostream& out) {
  const kiln_bus bus = bus_of(bench);
  const Served served = {bench.dram().served_reads(), bench.dram().served_writes()};
  for (std::size_t i = 0; i < section.args.size(); i++) {
    if (kiln_set_arg(&bus, static_cast<unsigned>(i), section.args[i]) != KILN_OK) fail("more arguments than registers");
  }
  const std::vector<uint8_t> bits = read_bytes(section.bitstream);
  bench.dram().memory().resize(std::max<std::size_t>(bench.dram().memory().size(), job.config_address + bits.size()));
  std::copy(image.begin(), image.end(), bench.dram().memory().begin());
  std::copy(bits.begin(), bits.end(), bench.dram().memory().begin() + static_cast<std::ptrdiff_t>(job.config_address));
  bench.dram().set_limit(bench.dram().memory().size());
  const int loaded = kiln_load(&bus, job.config_address, job.load_polls);
  if (loaded == KILN_REFUSED) {
    tell_result(out, bench, "refused", 0, served);
    return false;
  }
  if (loaded != KILN_OK) fail("the bitstream is not loaded in time");
  const std::vector<uint8_t> first(bench.dram().memory());
  for (uint32_t start = 0; start < job.starts; start++) {
    bench.dram().memory() = first;
    const uint64_t before = bench.run_cycle();
    if (kiln_start(&bus) != KILN_OK || bench.run_cycle() == 0 || (before != 0 && bench.run_cycle() >= before)) fail("no commit after the start");
    // The run is watched cycle by cycle rather than through the port, so that its end is exact.
    while (bench.end_cycle() == 0 && bench.run_cycle() < job.max_cycles) bench.cycle();
    if (bench.end_cycle() == 0) break;
  }
  const uint64_t cycles = bench.end_cycle() ? bench.end_cycle() : bench.run_cycle();
  std::copy_n(bench.dram().memory().begin(), image.size(), image.begin());
  const int ended = kiln_wait(&bus, 1);
  tell_result(out, bench, ended == KILN_OK ? "done" : ended == KILN_HANG ? "hang" : "limit", cycles, served);
  return ended == KILN_OK;
}

int simulate(VerilatedContext& context, const Job& job) {
  std::vector<uint8_t> image = read_bytes(job.image);
#ifdef KILN_PROBES
  probes.from = std::max<uint64_t>(job.probe_from, 2);
  if (job.probe_words) probes.most = job.probe_words;
#endif
  Bench bench(context, job, image, image.size());
  const kiln_bus bus = bus_of(bench);
  if (kiln_probe(&bus) != KILN_OK) fail("the host port does not answer as this architecture's");

  std::ofstream out(job.out + "/result.json");
  out << "[";
  for (std::size_t i = 0; i < job.sections.size(); i++) {
    if (i > 0) out << ",";
    const bool done = run_section(bench, job, job.sections[i], image, out);
    std::ofstream after(job.out + "/dram" + std::to_string(i) + ".bin", std::ios::binary);
    after.write(reinterpret_cast<const char*>(image.data()), static_cast<std::streamsize>(image.size()));
    if (!done) break;
  }
  out << "]\n";
#ifdef KILN_PROBES
  std::ofstream trace(job.out + "/events.bin", std::ios::binary);
  trace.write(reinterpret_cast<const char*>(probes.words.data()), static_cast<std::streamsize>(4 * probes.words.size()));
#endif
  return 0;
}

}  // namespace

#ifdef KILN_PROBES
extern "C" int kiln_watch_place(const char* path) {
  // The tile is the last part of the path that reads u_KIND_X_Y.
  const std::string text(path);
  for (std::size_t at = text.rfind("u_"); at != std::string::npos && at > 0; at = text.rfind("u_", at - 1)) {
    char kind[16];
    unsigned x = 0, y = 0;
    if (std::sscanf(text.c_str() + at, "u_%15[a-z]_%u_%u", kind, &x, &y) == 3) return static_cast<int>(y * 256 + x);
  }
  fail("a probe outside a tile: " + text);
}
extern "C" void kiln_watch(int place, int stream, int words, const svBitVecVal* data) {
  probes.tell(static_cast<uint32_t>(place), static_cast<uint32_t>(stream), data, static_cast<uint32_t>(words));
}
#endif

int main(int argc, char** argv) {
  if (argc < 2) fail("usage: harness JOB [+verilator+...]");
  VerilatedContext context;
  context.commandArgs(argc, argv);
  return simulate(context, read_job(argv[1]));
}
