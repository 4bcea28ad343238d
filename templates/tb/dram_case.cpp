// Plays one case on the harness's DRAM model and prints what the fabric would see, in the lines of
// test/unit/sim/dram-cases.json. The case comes on standard input as words separated by blanks:
//   unit read total readLatency writeLatency  ports bytes cycles  then actions  cycle port what a b [c]
#include <cstdio>
#include <iostream>
#include <string>

#include "dram.h"

namespace {

struct Action {
  long cycle;
  unsigned port;
  std::string what;
  uint64_t a, b, c;
};

}  // namespace

int main() {
  kiln::DramProfile profile;
  unsigned ports = 0;
  uint64_t bytes = 0;
  long cycles = 0;
  std::cin >> profile.unit >> profile.read >> profile.total >> profile.read_latency >> profile.write_latency;
  std::cin >> ports >> bytes >> cycles;
  std::vector<Action> actions;
  for (Action x; std::cin >> x.cycle >> x.port >> x.what >> x.a >> x.b;) {
    x.c = 0;
    if (x.what != "w") std::cin >> x.c;
    actions.push_back(x);
  }
  std::vector<uint8_t> memory(bytes);
  for (uint64_t at = 0; at < bytes; at++) memory[at] = static_cast<uint8_t>(at / 4 >> 8 * (at % 4));
  kiln::Dram dram(profile, ports, memory);
  std::vector<std::string> ready(ports);
  std::size_t next = 0;
  for (long cycle = 0; cycle < cycles; cycle++) {
    for (unsigned p = 0; p < ports; p++) {
      std::string now;
      for (bool bit : {dram.ar_ready(p), dram.aw_ready(p), dram.w_ready(p)}) now += bit ? '1' : '0';
      if (now != ready[p]) std::printf("%ld ready %u %s\n", cycle, p, now.c_str());
      ready[p] = now;
    }
    for (unsigned p = 0; p < ports; p++) {
      if (dram.r_valid(p)) {
        std::printf("%ld r %u %u %u %d\n", cycle, p, dram.r_id(p), dram.r_data(p).words[0], dram.r_last(p) ? 1 : 0);
      }
      if (dram.b_valid(p)) std::printf("%ld b %u %u\n", cycle, p, dram.b_id(p));
    }
    for (; next < actions.size() && actions[next].cycle == cycle; next++) {
      const Action& x = actions[next];
      const kiln::Burst burst = {static_cast<uint32_t>(x.a), x.b, static_cast<uint32_t>(x.c)};
      if (x.what == "ar") dram.ar(x.port, burst);
      if (x.what == "aw") dram.aw(x.port, burst);
      if (x.what == "w") {
        kiln::Beat beat;
        for (unsigned i = 0; i < 16; i++) beat.words[i] = static_cast<uint32_t>(x.a) + i;
        dram.w(x.port, beat, static_cast<uint32_t>(x.b));
      }
    }
    dram.tick();
  }
  if (dram.out_of_range()) std::printf("outOfRange %llu\n", static_cast<unsigned long long>(dram.first_out_of_range()));
  std::printf("memory");
  for (uint64_t at = 0; at < bytes; at++) std::printf(" %02x", dram.memory()[at]);
  std::printf("\n");
}
