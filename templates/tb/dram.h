// The DRAM model of the RTL harness: the rules of src/fabric/HARDWARE.md section 9, written apart from the golden
// machine's model (src/sim/dram.ts). Both must pass test/unit/sim/dram-cases.json.
//
// Use in cycle t: read ready and heads, give the handshakes of the cycle, then tick().
#pragma once
#include <cstdint>
#include <cstring>
#include <deque>
#include <vector>

namespace kiln {

struct DramProfile {
  int64_t unit;   // rates are counted in 1/unit bytes
  int64_t read;   // read credit gained each cycle
  int64_t total;  // credit gained each cycle by reads and writes together
  int64_t read_latency;
  int64_t write_latency;
};

struct Burst {
  uint32_t id;
  uint64_t address;  // bytes
  uint32_t beats;
};

struct Beat {
  uint32_t words[16];
};

class Dram {
 public:
  Dram(const DramProfile& profile, unsigned ports, std::vector<uint8_t> memory)
      : ports_(ports), profile_(profile), memory_(std::move(memory)), limit_(memory_.size()) {
    memory_.resize((memory_.size() + 63) / 64 * 64);
    Dram::reset();
  }

  virtual ~Dram() = default;

  // Empty queues, full credits, slot 0 first: the state in which a run begins.
  virtual void reset() {
    for (Port& port : ports_) port = Port();
    read_pool_ = profile_.read + cost();
    total_pool_ = profile_.total + cost();
    first_ = 0;
    now_ = 0;
  }

  // Bytes beyond this address read 0 and are not written.
  void set_limit(uint64_t bytes) { limit_ = bytes; }
  std::vector<uint8_t>& memory() { return memory_; }
  bool out_of_range() const { return out_of_range_; }
  uint64_t first_out_of_range() const { return first_out_of_range_; }
  uint64_t served_reads() const { return served_reads_; }
  uint64_t served_writes() const { return served_writes_; }

  bool ar_ready(unsigned p) const { return ports_[p].ar_ready; }
  bool aw_ready(unsigned p) const { return ports_[p].aw_ready; }
  bool w_ready(unsigned p) const { return ports_[p].w_ready; }
  bool r_valid(unsigned p) const { return ports_[p].r_valid; }
  bool b_valid(unsigned p) const { return ports_[p].b_valid; }
  const Beat& r_data(unsigned p) const { return ports_[p].r_data; }
  uint32_t r_id(unsigned p) const { return ports_[p].r_id; }
  bool r_last(unsigned p) const { return ports_[p].r_last; }
  uint32_t b_id(unsigned p) const { return ports_[p].b_id; }

  virtual void ar(unsigned p, const Burst& burst) {
    ports_[p].reads.push_back({burst, now_ + profile_.read_latency});
    ports_[p].read_beats += burst.beats;
  }
  virtual void aw(unsigned p, const Burst& burst) {
    ports_[p].writes.push_back(burst);
    ports_[p].write_beats += burst.beats;
  }
  virtual void w(unsigned p, const Beat& data, uint32_t strobe) { ports_[p].data.push_back({data, strobe}); }

  virtual void tick() {
    read_pool_ = capped(read_pool_ + profile_.read, profile_.read);
    total_pool_ = capped(total_pool_ + profile_.total, profile_.total);
    const unsigned slots = 2 * static_cast<unsigned>(ports_.size());
    const unsigned start = first_;
    bool refused = false;
    for (Port& port : ports_) port.r_valid = false;
    for (unsigned k = 0; k < slots; k++) {
      const unsigned slot = (start + k) % slots;
      Port& port = ports_[slot / 2];
      const bool write = slot % 2 == 1;
      if (write ? port.data.empty() || port.writes.empty() : !readable(port)) continue;
      const bool paid = total_pool_ >= cost() && (write || read_pool_ >= cost());
      if (paid) {
        total_pool_ -= cost();
        if (!write) read_pool_ -= cost();
        write ? serve_write(port) : serve_read(port);
      } else if (!refused) {
        refused = true;
        first_ = slot;
      }
    }
    now_++;
    for (Port& port : ports_) publish(port);
  }

 protected:
  struct Read {
    Burst burst;
    int64_t due;  // the first cycle in which its first beat may be on R
  };
  struct Write {
    Beat data;
    uint32_t strobe;
  };
  struct Response {
    uint32_t id;
    int64_t due;
  };
  struct Port {
    std::deque<Read> reads;
    std::deque<Burst> writes;
    std::deque<Write> data;
    std::deque<Response> responses;
    uint32_t read_beats = 0;   // accepted, not served
    uint32_t write_beats = 0;  // announced, not served
    bool ar_ready = true, aw_ready = true, w_ready = false, r_valid = false, b_valid = false, r_last = false;
    uint32_t r_id = 0, b_id = 0;
    Beat r_data = {};
  };

  // A beat of the memory, and the words of one with a strobe back into it.
  void fetch(uint64_t address, Beat& into) {
    if (inside(address)) {
      std::memcpy(into.words, &memory_[address], 64);
    } else {
      std::memset(into.words, 0, 64);
    }
    served_reads_++;
  }
  void store(uint64_t address, const Write& beat) {
    if (inside(address)) {
      for (unsigned i = 0; i < 16; i++) {
        if (beat.strobe >> i & 1) std::memcpy(&memory_[address + 4 * i], &beat.data.words[i], 4);
      }
    }
    served_writes_++;
  }

  std::vector<Port> ports_;
  int64_t now_ = 0;

 private:
  int64_t cost() const { return 64 * profile_.unit; }
  int64_t capped(int64_t pool, int64_t refill) const { return pool < refill + cost() ? pool : refill + cost(); }
  bool readable(const Port& port) const { return !port.reads.empty() && now_ + 1 >= port.reads.front().due; }

  void serve_read(Port& port) {
    Burst& burst = port.reads.front().burst;
    fetch(burst.address, port.r_data);
    port.r_valid = true;
    port.r_id = burst.id;
    port.r_last = burst.beats == 1;
    port.read_beats--;
    burst.address += 64;
    if (--burst.beats == 0) port.reads.pop_front();
  }

  void serve_write(Port& port) {
    Burst& burst = port.writes.front();
    store(burst.address, port.data.front());
    port.data.pop_front();
    port.write_beats--;
    burst.address += 64;
    if (--burst.beats > 0) return;
    port.responses.push_back({burst.id, now_ + profile_.write_latency});
    port.writes.pop_front();
  }

  void publish(Port& port) {
    port.ar_ready = port.read_beats + 16 <= 64;
    port.aw_ready = port.write_beats + 16 <= 64;
    port.w_ready = port.write_beats > port.data.size();
    port.b_valid = !port.responses.empty() && port.responses.front().due <= now_;
    if (port.b_valid) {
      port.b_id = port.responses.front().id;
      port.responses.pop_front();
    }
  }

  bool inside(uint64_t address) {
    if (address < limit_) return true;
    if (!out_of_range_) first_out_of_range_ = address;
    out_of_range_ = true;
    return false;
  }

  DramProfile profile_;
  std::vector<uint8_t> memory_;
  uint64_t limit_;
  int64_t read_pool_ = 0, total_pool_ = 0;
  unsigned first_ = 0;
  bool out_of_range_ = false;
  uint64_t first_out_of_range_ = 0, served_reads_ = 0, served_writes_ = 0;
};

}  // namespace kiln
