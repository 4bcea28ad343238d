// A memory as unruly as AXI4 allows: it keeps a fabric from relying on the order or the time of answers. Addresses and
// write data are taken when it likes; of the bursts that wait, each ID's in order, it serves any, reads beat by beat among
// each other, writes some time after their last beat. Nothing here is to the cycle: values must agree with the golden
// machine's, cycles cannot.
#pragma once
#include "dram.h"

namespace kiln {

class ShuffledDram final : public Dram {
 public:
  ShuffledDram(const DramProfile& profile, unsigned ports, std::vector<uint8_t> memory, uint64_t seed)
      : Dram(profile, ports, std::move(memory)), queues_(ports), state_(seed) {}

  void reset() override {
    Dram::reset();
    for (Queues& queues : queues_) queues = Queues();
  }

  void ar(unsigned p, const Burst& burst) override {
    queues_[p].reads.push_back({burst, later(kMostDelay), {}});
    ports_[p].read_beats += burst.beats;
  }
  void aw(unsigned p, const Burst& burst) override {
    queues_[p].writes.push_back({burst, 0, {}});
    ports_[p].write_beats += burst.beats;
  }
  void w(unsigned p, const Beat& data, uint32_t strobe) override {
    // Write data comes in the order of the addresses.
    for (Waiting& write : queues_[p].writes) {
      if (write.data.size() == write.burst.beats) continue;
      write.data.push_back({data, strobe});
      if (write.data.size() == write.burst.beats) write.due = later(kMostDelay);
      break;
    }
    ports_[p].write_beats--;
  }

  void tick() override {
    now_++;
    for (std::size_t p = 0; p < ports_.size(); p++) {
      Port& port = ports_[p];
      Queues& queues = queues_[p];
      port.r_valid = port.b_valid = false;
      const std::size_t written = pick(queues.writes, [](const Waiting& one) { return one.data.size() == one.burst.beats; });
      if (written < queues.writes.size()) respond(port, queues.writes, written);
      const std::size_t read = pick(queues.reads, [](const Waiting&) { return true; });
      if (read < queues.reads.size()) answer(port, queues.reads, read);
      port.ar_ready = port.read_beats + 16 <= 64 && draw(4) > 0;
      port.aw_ready = port.write_beats + 16 <= 64 && draw(4) > 0;
      port.w_ready = port.write_beats > 0 && draw(4) > 0;
    }
  }

 private:
  static constexpr unsigned kMostDelay = 60;  // cycles
  struct Waiting {
    Burst burst;
    int64_t due;              // not served before
    std::vector<Write> data;  // of a write, as it comes
  };
  struct Queues {
    std::deque<Waiting> reads, writes;  // in the order of their addresses
  };

  // One that may be served in this cycle: the oldest of its ID, and it is time. The number of all if there is none.
  template <typename Ready>
  std::size_t pick(const std::deque<Waiting>& waiting, Ready ready) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < waiting.size(); i++) {
      bool oldest = true;
      for (std::size_t j = 0; j < i; j++) oldest = oldest && waiting[j].burst.id != waiting[i].burst.id;
      if (oldest && ready(waiting[i]) && waiting[i].due <= now_) found.push_back(i);
    }
    return found.empty() || draw(8) == 0 ? waiting.size() : found[draw(found.size())];
  }

  void answer(Port& port, std::deque<Waiting>& reads, std::size_t at) {
    Burst& burst = reads[at].burst;
    fetch(burst.address, port.r_data);
    port.r_valid = true;
    port.r_id = burst.id;
    port.r_last = burst.beats == 1;
    port.read_beats--;
    burst.address += 64;
    if (--burst.beats == 0) reads.erase(reads.begin() + static_cast<std::ptrdiff_t>(at));
  }

  void respond(Port& port, std::deque<Waiting>& writes, std::size_t at) {
    uint64_t address = writes[at].burst.address;
    for (const Write& beat : writes[at].data) {
      store(address, beat);
      address += 64;
    }
    port.b_valid = true;
    port.b_id = writes[at].burst.id;
    writes.erase(writes.begin() + static_cast<std::ptrdiff_t>(at));
  }

  int64_t later(unsigned most) { return now_ + 1 + static_cast<int64_t>(draw(most)); }

  // From 0 to bound - 1, by SplitMix64.
  uint64_t draw(uint64_t bound) {
    uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return (z ^ z >> 31) % bound;
  }

  std::vector<Queues> queues_;
  uint64_t state_;
};

}  // namespace kiln
