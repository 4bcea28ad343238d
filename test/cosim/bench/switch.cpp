// Random test of a switch beside a PCU (tiny parameters: 4 tracks, 4 lanes) against section 2 of
// HARDWARE.md written down directly. Arguments: seed, cycles. Prints the takes it saw.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <vector>
#include "Vkiln_switch_pcu.h"

using Words = std::vector<uint32_t>;
static std::mt19937 rng;
static bool chance(int percent) { return int(rng() % 100) < percent; }

template <class T> static bool bit(const T& v, int i) { return (v >> i) & 1; }
template <std::size_t N> static void put(VlWide<N>& v, int at, int width, const Words& x) {
  for (int i = 0; i < width; i++) {
    uint32_t& w = v.m_storage[(at + i) / 32];
    uint32_t m = 1u << ((at + i) % 32);
    w = (x[i / 32] >> (i % 32)) & 1 ? w | m : w & ~m;
  }
}
template <std::size_t N> static Words get(const VlWide<N>& v, int at, int width) {
  Words x((width + 31) / 32);
  for (int i = 0; i < width; i++)
    if ((v.m_storage[(at + i) / 32] >> ((at + i) % 32)) & 1) x[i / 32] |= 1u << (i % 32);
  return x;
}

static void put(QData& v, int, int, const Words& x) { v = x[0] | QData(x[1]) << 32; }
static Words get(const QData& v, int, int) { return {uint32_t(v), uint32_t(v >> 32)}; }

// One network: 4 tracks, `in` and `out` ports of the unit, payload of `width` bits.
struct Net {
  int in, out, width;
  std::vector<int> select;             // of each sink: links, then unit inputs
  std::vector<std::deque<Words>> head; // what each source still has to send
  std::vector<char> shown, done;       // a source, once valid, stays so
  std::vector<std::deque<Words>> buffer;
  int sources() const { return 16 + out; }
  int sinks() const { return 16 + in; }
  int width_of(int sink) const { // select bits
    int n = sink < 16 ? 4 + out : 17, w = 0;
    while ((1 << w) < n) w++;
    return w;
  }
  int source(int sink) const { // -1: none
    int s = select[sink];
    if (sink >= 16) return s >= 1 && s <= 16 ? s - 1 : -1;
    int side = sink / 4, t = sink % 4;
    if (s == 1) return (side + 2) % 4 * 4 + t;
    if (s == 2) return (side + 1) % 4 * 4 + (t + 1) % 4;
    if (s == 3) return (side + 3) % 4 * 4 + (t + 3) % 4;
    return s >= 4 && s < 4 + out ? 12 + s : -1;
  }
};

int main(int argc, char** argv) {
  rng.seed(atoi(argv[1]));
  const int cycles = atoi(argv[2]);
  auto* top = new Vkiln_switch_pcu;
  // Payload ports by index: arriving links, own links, unit outputs, unit inputs.
  VlWide<5>* vIn[16] = {
      &top->vlink_in_data0_i, &top->vlink_in_data1_i, &top->vlink_in_data2_i, &top->vlink_in_data3_i,
      &top->vlink_in_data4_i, &top->vlink_in_data5_i, &top->vlink_in_data6_i, &top->vlink_in_data7_i,
      &top->vlink_in_data8_i, &top->vlink_in_data9_i, &top->vlink_in_data10_i, &top->vlink_in_data11_i,
      &top->vlink_in_data12_i, &top->vlink_in_data13_i, &top->vlink_in_data14_i, &top->vlink_in_data15_i};
  VlWide<5>* vOut[16] = {
      &top->vlink_out_data0_o, &top->vlink_out_data1_o, &top->vlink_out_data2_o, &top->vlink_out_data3_o,
      &top->vlink_out_data4_o, &top->vlink_out_data5_o, &top->vlink_out_data6_o, &top->vlink_out_data7_o,
      &top->vlink_out_data8_o, &top->vlink_out_data9_o, &top->vlink_out_data10_o, &top->vlink_out_data11_o,
      &top->vlink_out_data12_o, &top->vlink_out_data13_o, &top->vlink_out_data14_o, &top->vlink_out_data15_o};
  VlWide<5>* vFrom[2] = {&top->vunit_out_data0_i, &top->vunit_out_data1_i};
  VlWide<5>* vTo[4] = {&top->vunit_in_data0_o, &top->vunit_in_data1_o, &top->vunit_in_data2_o, &top->vunit_in_data3_o};
  QData* sIn[16] = {
      &top->slink_in_data0_i, &top->slink_in_data1_i, &top->slink_in_data2_i, &top->slink_in_data3_i,
      &top->slink_in_data4_i, &top->slink_in_data5_i, &top->slink_in_data6_i, &top->slink_in_data7_i,
      &top->slink_in_data8_i, &top->slink_in_data9_i, &top->slink_in_data10_i, &top->slink_in_data11_i,
      &top->slink_in_data12_i, &top->slink_in_data13_i, &top->slink_in_data14_i, &top->slink_in_data15_i};
  QData* sOut[16] = {
      &top->slink_out_data0_o, &top->slink_out_data1_o, &top->slink_out_data2_o, &top->slink_out_data3_o,
      &top->slink_out_data4_o, &top->slink_out_data5_o, &top->slink_out_data6_o, &top->slink_out_data7_o,
      &top->slink_out_data8_o, &top->slink_out_data9_o, &top->slink_out_data10_o, &top->slink_out_data11_o,
      &top->slink_out_data12_o, &top->slink_out_data13_o, &top->slink_out_data14_o, &top->slink_out_data15_o};
  QData* sFrom[2] = {&top->sunit_out_data0_i, &top->sunit_out_data1_i};
  QData* sTo[4] = {&top->sunit_in_data0_o, &top->sunit_in_data1_o, &top->sunit_in_data2_o, &top->sunit_in_data3_o};
  Net nets[3] = {{4, 2, 133}, {4, 2, 33}, {2, 2, 0}};
  top->eval();
  auto edge = [&] { top->clk_i = 1; top->eval(); top->clk_i = 0; top->eval(); };
  long takes = 0;
  for (int t = 0; t < cycles; t++) {
    if (t % 500 == 0) { // a new configuration
      int at = 0;
      for (Net& n : nets) {
        n.select.assign(n.sinks(), 0);
        n.head.assign(n.sources(), {});
        n.shown.assign(n.sources(), 0);
        n.done.assign(n.sinks(), 0);
        n.buffer.assign(16, {});
        for (int k = 0; k < n.sinks(); k++) {
          if (chance(80)) n.select[k] = rng() & ((1u << n.width_of(k)) - 1);
          put(top->cfg_i, at, n.width_of(k), Words{uint32_t(n.select[k])});
          at += n.width_of(k);
        }
      }
      top->clear_i = 1;
      edge();
      top->clear_i = 0;
    }
    const int busy = 20 + 75 * (t / 500 % 2), free = 30 + 65 * (t / 1000 % 2);
    uint32_t linkReady[3], unitReady[3];
    for (int i = 0; i < 3; i++) {
      Net& n = nets[i];
      uint32_t valid = 0;
      linkReady[i] = unitReady[i] = 0;
      for (int s = 0; s < n.sources(); s++) {
        if (!n.shown[s] && chance(busy)) {
          Words x((n.width + 31) / 32);
          for (auto& w : x) w = rng();
          if (n.width % 32 && n.width) x.back() &= (1u << n.width % 32) - 1;
          n.head[s] = {x};
          n.shown[s] = 1;
        }
        if (n.shown[s]) valid |= 1u << s;
        if (n.shown[s] && i == 0) put(s < 16 ? *vIn[s] : *vFrom[s - 16], 0, n.width, n.head[s][0]);
        if (n.shown[s] && i == 1) put(s < 16 ? *sIn[s] : *sFrom[s - 16], 0, n.width, n.head[s][0]);
      }
      for (int k = 0; k < 16; k++) linkReady[i] |= chance(free) << k;
      for (int k = 0; k < n.in; k++) unitReady[i] |= chance(free) << k;
      if (i == 0) { top->vlink_in_valid_i = valid & 0xffff; top->vunit_out_valid_i = valid >> 16; top->vlink_out_ready_i = linkReady[i]; top->vunit_in_ready_i = unitReady[i]; }
      if (i == 1) { top->slink_in_valid_i = valid & 0xffff; top->sunit_out_valid_i = valid >> 16; top->slink_out_ready_i = linkReady[i]; top->sunit_in_ready_i = unitReady[i]; }
      if (i == 2) { top->clink_in_valid_i = valid & 0xffff; top->cunit_out_valid_i = valid >> 16; top->clink_out_ready_i = linkReady[i]; top->cunit_in_ready_i = unitReady[i]; }
    }
    top->eval();
    bool active = false;
    for (int i = 0; i < 3; i++) {
      Net& n = nets[i];
      auto room = [&](int k) { return k < 16 ? n.buffer[k].size() < 2 : bit(unitReady[i], k - 16); };
      uint32_t ready = 0, take = 0;
      for (int s = 0; s < n.sources(); s++) {
        bool some = false, all = true;
        for (int k = 0; k < n.sinks(); k++)
          if (n.source(k) == s) some = true, all &= n.done[k] || room(k);
        if (some && all) ready |= 1u << s;
      }
      for (int k = 0; k < n.sinks(); k++)
        if (n.source(k) >= 0 && n.shown[n.source(k)] && !n.done[k] && room(k)) take |= 1u << k;
      active |= take != 0;
      takes += __builtin_popcount(take);
      uint32_t gotReady = i == 0 ? top->vlink_in_ready_o | top->vunit_out_ready_o << 16 : i == 1 ? top->slink_in_ready_o | top->sunit_out_ready_o << 16 : top->clink_in_ready_o | top->cunit_out_ready_o << 16;
      uint32_t gotTake = i == 0 ? top->vunit_in_valid_o : i == 1 ? top->sunit_in_valid_o : top->cunit_in_valid_o;
      uint32_t gotOut = i == 0 ? top->vlink_out_valid_o : i == 1 ? top->slink_out_valid_o : top->clink_out_valid_o;
      bool bad = gotReady != ready || gotTake != take >> 16;
      for (int k = 0; k < n.sinks() && i < 2; k++) {
        if (k < 16 ? n.buffer[k].empty() : !bit(take, k)) continue;
        const Words& want = k < 16 ? n.buffer[k][0] : n.head[n.source(k)][0];
        Words got = i == 0 ? get(k < 16 ? *vOut[k] : *vTo[k - 16], 0, n.width) : get(k < 16 ? *sOut[k] : *sTo[k - 16], 0, n.width);
        bad |= got != want;
      }
      for (int k = 0; k < 16; k++) bad |= bit(gotOut, k) != !n.buffer[k].empty();
      if (bad) {
        printf("cycle %d network %d: ready %x, expected %x; take %x, expected %x; valid %x\n", t, i, gotReady, ready, gotTake, take >> 16, gotOut);
        return 1;
      }
      for (int k = 0; k < 16; k++)
        if (!n.buffer[k].empty() && bit(linkReady[i], k)) n.buffer[k].pop_front();
      for (int k = 0; k < n.sinks(); k++) {
        if (bit(take, k) && k < 16) n.buffer[k].push_back(n.head[n.source(k)][0]);
        if (n.source(k) < 0) continue;
        bool pop = n.shown[n.source(k)] && bit(ready, n.source(k));
        n.done[k] = pop ? 0 : n.done[k] || bit(take, k);
      }
      for (int s = 0; s < n.sources(); s++)
        if (n.shown[s] && bit(ready, s)) n.shown[s] = 0;
    }
    if (top->active_o != active) { printf("cycle %d: active %d\n", t, top->active_o); return 1; }
    edge();
  }
  printf("ok %ld takes\n", takes);
}
