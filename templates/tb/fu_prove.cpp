// Proves kiln_fu, under Verilator, against the arithmetic of the host.
//
//   fu_prove LANES SIMPLE MULTIPLY FLOAT FEATURE COUNT SEED [OP...]
//
// LANES and the three latencies are those of the model; FEATURE is 1 if it has the float operations;
// COUNT is the number of random vectors an operation; operations are given as NAME:CODE:CLASS.
// An operation runs three times: corners (all tuples of a list), random operands with the
// pipeline always full, and random operands with adv_i and the lanes' valid bits toggling. Small
// formats run a fourth time, exhaustively.
// Prints one line an operation, "NAME vectors mismatches", and exits 1 if there was any mismatch.
//
// Nothing is taken from the model but its ports. Compile with -ffp-contract=off.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "Vkiln_fu.h"
#include "verilated.h"

namespace {

struct Operands {
  uint32_t a, b, c;
};

float as_float(uint32_t bits) {
  float f;
  std::memcpy(&f, &bits, 4);
  return f;
}

uint32_t as_bits(float f) {
  uint32_t bits;
  std::memcpy(&bits, &f, 4);
  return std::isnan(f) ? 0x7fc00000u : bits;
}

// ---- The host's answer ----------------------------------------------------------------------

uint32_t to_integer(float f) {
  if (std::isnan(f)) return 0;
  if (f >= 2147483648.0f) return 0x7fffffffu;
  if (f < -2147483648.0f) return 0x80000000u;
  return static_cast<uint32_t>(static_cast<int32_t>(f));
}

// IEEE 754-2019 minimum (or maximum): a NaN wins, and -0 is below +0.
uint32_t extreme(float a, float b, bool least) {
  if (std::isnan(a) || std::isnan(b)) return 0x7fc00000u;
  if (a == b) return as_bits(std::signbit(a) == least ? a : b);
  return as_bits((a < b) == least ? a : b);
}

uint32_t clamp(int64_t x) {
  return static_cast<uint32_t>(x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : x);
}

// bf16: sums and products are exact in a double, or their rounding there cannot matter.
double half(uint32_t bits) { return as_float(bits << 16); }

// To bf16, nearest even, from a double at once.
uint32_t half_bits(double x) {
  if (std::isnan(x)) return 0x7fc0;
  const uint32_t sign = std::signbit(x) ? 0x8000 : 0;
  const double size = std::fabs(x);
  if (size == 0) return sign;
  if (std::isinf(size)) return sign | 0x7f80;
  const int exponent = std::max(std::ilogb(size), -126);
  const double digits = std::nearbyint(std::ldexp(size, 7 - exponent));  // 0..256
  const uint32_t bits = static_cast<uint32_t>(digits) + (static_cast<uint32_t>(exponent + 126) << 7);
  return sign | std::min(bits, 0x7f80u);
}

// bdot2, in integers: terms as multiples of the unit 2^(top - 175).
uint32_t dot(uint32_t a, uint32_t b, uint32_t c) {
  const double low = half(a) * half(b), high = half(a >> 16) * half(b >> 16), sum = low + high + as_float(c);
  if (!std::isfinite(sum)) return as_bits(static_cast<float>(sum));
  const auto field = [](uint32_t bits, int at) { return std::max(1, static_cast<int>(bits >> at & 255)); };
  int top = field(c, 23);
  if (low != 0) top = std::max(top, field(a, 7) + field(b, 7) - 127);
  if (high != 0) top = std::max(top, field(a, 23) + field(b, 23) - 127);
  int64_t total = 0;
  for (const double term : {low, high, double{as_float(c)}}) total += static_cast<int64_t>(std::ldexp(term, 175 - top));
  const bool negative = std::signbit(low) && std::signbit(high) && std::signbit(as_float(c));
  if (total == 0) return negative ? 0x80000000u : 0;
  return as_bits(static_cast<float>(std::ldexp(static_cast<double>(total), top - 175)));
}

// The seeds: eight bits of the answer at the middle of the interval that seven bits of a name.
uint32_t reciprocal_seed(float f) {
  const uint32_t a = as_bits(f), sign = a & 0x80000000u;
  if (std::isnan(f)) return as_bits(f);
  if (std::fabs(f) < 0x1p-126f) return sign | 0x7f800000u;
  if (std::fabs(f) >= 0x1p126f) return sign;
  int exponent = 0;
  std::frexp(f, &exponent);  // |f| = 2 m 2^(exponent - 1), m below 1
  const double middle = 1 + (std::floor((std::ldexp(std::fabs(double{f}), 1 - exponent) - 1) * 128) + 0.5) / 128;
  const double seed = 1 + std::min(255.0, std::nearbyint(256 * (2 / middle - 1))) / 256;
  return as_bits(std::copysign(static_cast<float>(std::ldexp(seed, -exponent)), f));
}

uint32_t root_seed(float f) {
  if (std::isnan(f) || f < 0) return 0x7fc00000u;
  if (f < 0x1p-126f) return 0x7f800000u;
  if (std::isinf(f)) return 0;
  const int power = std::ilogb(f), half_power = (power - (power & 1)) / 2;
  const double part = std::ldexp(double{f}, -power);  // 1..2
  const double middle = (1 + (std::floor((part - 1) * 64) + 0.5) / 64) * (power & 1 ? 2 : 1);
  const double seed = 1 + std::min(255.0, std::nearbyint(256 * (2 / std::sqrt(middle) - 1))) / 256;
  return as_bits(static_cast<float>(std::ldexp(seed, -half_power - 1)));
}

uint32_t expect(const std::string& op, bool floats, Operands v) {
  const uint32_t a = v.a, b = v.b, c = v.c;
  const int32_t sa = static_cast<int32_t>(a), sb = static_cast<int32_t>(b);
  const float fa = as_float(a), fb = as_float(b), fc = as_float(c);
  if (op == "mov") return a;
  if (op == "add") return a + b;
  if (op == "sub") return a - b;
  if (op == "and") return a & b;
  if (op == "or") return a | b;
  if (op == "xor") return a ^ b;
  if (op == "shl") return a << (b & 31);
  if (op == "shr") return a >> (b & 31);
  if (op == "sra") return static_cast<uint32_t>(static_cast<int64_t>(sa) >> (b & 31));
  if (op == "eq") return a == b;
  if (op == "ne") return a != b;
  if (op == "lt") return sa < sb;
  if (op == "le") return sa <= sb;
  if (op == "ltu") return a < b;
  if (op == "leu") return a <= b;
  if (op == "min") return sa < sb ? a : b;
  if (op == "max") return sa > sb ? a : b;
  if (op == "sel") return a != 0 ? b : c;
  if (op == "neg") return 0u - a;
  if (op == "abs") return sa < 0 ? 0u - a : a;
  if (op == "mul") return a * b;
  if (op == "mac") return a * b + c;
  if (op == "mulh") return static_cast<uint64_t>(int64_t{sa} * sb) >> 32;
  if (op == "mulhu") return static_cast<uint64_t>(uint64_t{a} * b) >> 32;
  if (op == "adds") return clamp(int64_t{sa} + sb);
  if (op == "subs") return clamp(int64_t{sa} - sb);
  if (op == "minu") return a < b ? a : b;
  if (op == "maxu") return a > b ? a : b;
  if (op == "idot4") {
    uint32_t sum = c;
    for (int k = 0; k < 32; k += 8) sum += static_cast<int8_t>(a >> k) * static_cast<int8_t>(b >> k);
    return sum;
  }
  if (!floats) return 0;
  if (op == "feq") return fa == fb;
  if (op == "flt") return fa < fb;
  if (op == "fle") return fa <= fb;
  if (op == "fne") return fa != fb;
  if (op == "fmin") return extreme(fa, fb, true);
  if (op == "fmax") return extreme(fa, fb, false);
  if (op == "fneg") return as_bits(-fa);
  if (op == "fabs") return as_bits(std::fabs(fa));
  if (op == "fadd") return as_bits(fa + fb);
  if (op == "fsub") return as_bits(fa - fb);
  if (op == "fmul") return as_bits(fa * fb);
  if (op == "fma") return as_bits(std::fma(fa, fb, fc));
  if (op == "i2f") return as_bits(static_cast<float>(sa));
  if (op == "f2i") return to_integer(fa);
  if (op == "u2f") return as_bits(static_cast<float>(a));
  if (op == "f2u") return std::isnan(fa) || fa <= 0 ? 0u : fa >= 4294967296.0f ? ~0u : static_cast<uint32_t>(fa);
  if (op == "ffloor") return as_bits(std::floor(fa));
  if (op == "fceil") return as_bits(std::ceil(fa));
  if (op == "ftrunc") return as_bits(std::trunc(fa));
  if (op == "frint") return as_bits(std::nearbyint(fa));
  if (op == "bpack") return half_bits(fa) | half_bits(fb) << 16;
  if (op == "blo") return as_bits(as_float(a << 16));
  if (op == "bhi") return as_bits(as_float(a & 0xffff0000u));
  if (op == "badd") return half_bits(half(a) + half(b)) | half_bits(half(a >> 16) + half(b >> 16)) << 16;
  if (op == "bmul") return half_bits(half(a) * half(b)) | half_bits(half(a >> 16) * half(b >> 16)) << 16;
  if (op == "frcp") return reciprocal_seed(fa);
  if (op == "frsq") return root_seed(fa);
  if (op == "bdot2") return dot(a, b, c);
  if (op == "fscale") return as_bits(static_cast<float>(std::ldexp(double{fa}, sb > 400 ? 400 : sb < -400 ? -400 : sb)));
  if (op == "fexpo") return fa == 0 ? 0x80000000u : !std::isfinite(fa) ? 0x7fffffffu : static_cast<uint32_t>(std::ilogb(fa));
  return 0;  // an operation the host does not know stands for a code that is not assigned
}

// ---- Operands -------------------------------------------------------------------------------

uint64_t state;

uint64_t random64() {  // splitmix64: the same sequence everywhere
  uint64_t z = (state += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

const uint32_t CORNERS[] = {
    0x00000000, 0x00000001, 0x00000002, 0x00000003, 0x007fffff, 0x00400000, 0x00800000, 0x00800001,
    0x00ffffff, 0x01000000, 0x0c000000, 0x1f800000, 0x33800000, 0x33800001, 0x34000000, 0x34000001,
    0x3effffff, 0x3f000000, 0x3f7fffff, 0x3f800000, 0x3f800001, 0x3fffffff, 0x40000000, 0x4b7fffff,
    0x4b800000, 0x4b800001, 0x4effffff, 0x4f000000, 0x4f7fffff, 0x5f000000, 0x60000001, 0x7e800000,
    0x7f000000, 0x7f7fffff, 0x7f800000, 0x7f800001, 0x7fc00000, 0x7fffffff, 0x0000001f, 0x00000020,
};

std::vector<uint32_t> corners() {
  std::vector<uint32_t> all;
  for (uint32_t corner : CORNERS) {
    all.push_back(corner);
    all.push_back(corner | 0x80000000u);
  }
  return all;
}

uint32_t random_word() {
  const uint64_t r = random64();
  const uint32_t word = static_cast<uint32_t>(r >> 32);
  switch (r & 7) {
    case 0: return word & 0x807fffff;                                // subnormal
    case 1: return (word & 0x80ffffff) | 0x3f000000;                 // near one
    case 2: return word & (0xffffffffu << ((r >> 3) & 31));          // few digits: ties
    case 3: return word >> ((r >> 3) & 31);                          // small integer
    case 4: return CORNERS[(r >> 3) % 40] ^ (word & 0x80000000);
    case 5: return (random_word() & 0xffff0000u) | (random_word() >> 16);  // two halves
    default: return word;
  }
}

// A third operand that nearly cancels the product of the others, or lies next to a tie of it.
Operands random_operands() {
  Operands v{random_word(), random_word(), random_word()};
  const uint64_t r = random64();
  if ((r & 3) == 0) v.c = as_bits(-as_float(v.a) * as_float(v.b)) ^ ((r >> 8) & (r >> 16) & 0xf);
  if ((r & 15) == 1) v.b = v.a ^ 0x80000000u ^ ((r >> 8) & 0x3);
  if ((r & 15) == 2) v.c = (v.c & 0x807fffff) | (((v.a >> 23) + (v.b >> 23) + (r >> 58)) & 0xff) << 23;
  if ((r & 15) == 3) {  // a product that ends in the subnormals
    v.b = (v.b & 0x807fffff) | ((127 - ((v.a >> 23) & 0xff) - ((r >> 8) & 31)) & 0xff) << 23;
    v.c &= 0x80ffffff;
  }
  if ((r & 15) == 4) v.b = static_cast<uint32_t>(static_cast<int32_t>((r >> 8) % 641) - 320);
  if ((r & 15) == 5) v.b = v.a ^ static_cast<uint32_t>((r >> 8) & 0x80078007);
  if ((r & 31) == 7) {  // a third operand that nearly cancels a dot product of halves
    const double sum = half(v.a) * half(v.b) + half(v.a >> 16) * half(v.b >> 16);
    v.c = as_bits(static_cast<float>(-sum)) ^ static_cast<uint32_t>((r >> 8) & 0x3);
  }
  return v;
}

// ---- Small formats, exhaustively ----------------------------------------------------------

// Halves that bf16 arithmetic turns on: zeros, subnormals, the least and largest numbers, ones, ties, infinity, NaN.
const uint32_t HALF_CORNERS[] = {0x0000, 0x0001, 0x0002, 0x007f, 0x0080, 0x0081, 0x3380, 0x3b80, 0x3f00, 0x3f7f, 0x3f80,
                        0x3f81, 0x4000, 0x4300, 0x7e80, 0x7f00, 0x7f7f, 0x7f80, 0x7f81, 0x7fc0, 0x7fff};
// What lies below a half when a number is rounded to it: nothing, next to nothing, next to a tie, a tie, the most.
const uint32_t BELOW_HALF[] = {0x0000, 0x0001, 0x4000, 0x7fff, 0x8000, 0x8001, 0xc000, 0xffff};
const uint32_t BYTES[] = {0x00, 0x01, 0x7f, 0x80, 0x81, 0xff};

struct Exhaustive {
  uint64_t vectors = 0;
  std::function<Operands(uint64_t)> at;
};

// Every half through bpack (with what may lie below), blo and bhi; through badd and bmul with `count` / 2^15 partners (all of
// them from 2^31 on); every pair of bytes in every place of idot4, and all words of byte corners from 10^6 on.
Exhaustive exhaustive(const std::string& op, uint64_t count) {
  const auto noise = [](uint64_t i) { return static_cast<uint32_t>(i * 0x9e3779b97f4a7c15ull >> 32); };
  if (op == "blo" || op == "bhi") {
    return {1 << 17, [=](uint64_t i) {
              const uint32_t half = i & 0xffff, other = i >> 16 ? 0xffff : noise(i) & 0xffff;
              return Operands{op == "blo" ? other << 16 | half : half << 16 | other, 0, 0};
            }};
  }
  if (op == "bpack") {
    return {8 << 16, [](uint64_t i) {
              const uint32_t half = i & 0xffff;
              return Operands{half << 16 | BELOW_HALF[i >> 16], (half ^ 0x5555) << 16 | BELOW_HALF[7 - (i >> 16)], 0};
            }};
  }
  if (op == "badd" || op == "bmul") {
    // A word holds two pairs; signs and corners come first, then a walk over all halves.
    const uint64_t corners = 2 * (sizeof HALF_CORNERS / sizeof *HALF_CORNERS);
    const uint64_t partners = corners + std::min<uint64_t>(count >> 15, 1 << 16);
    const auto partner = [=](uint64_t k) {
      if (k < corners) return static_cast<uint32_t>(HALF_CORNERS[k / 2] | (k & 1) << 15);
      return static_cast<uint32_t>((k - corners) * 40503 & 0xffff);
    };
    return {partners << 15, [=](uint64_t i) {
              const uint32_t half = i & 0x7fff, b = partner(i >> 15);
              return Operands{(half | 0x8000) << 16 | half, b << 16 | b, 0};
            }};
  }
  if (op == "idot4") {
    const uint64_t words = count >= 1000000 ? 1296 : 36;
    return {(4 << 16) + words * words, [=](uint64_t i) {
              if (i < 4 << 16) {
                const int at = 8 * static_cast<int>(i >> 16);
                const uint32_t hole = ~(0xffu << at);
                return Operands{(noise(i) & hole) | (static_cast<uint32_t>(i) & 0xff) << at,
                                (noise(i + 1) & hole) | (static_cast<uint32_t>(i) >> 8 & 0xff) << at, noise(i + 2)};
              }
              const auto word = [](uint64_t n) {
                uint32_t bytes = 0;
                for (int k = 0; k < 4; ++k, n /= 6) bytes = bytes << 8 | BYTES[n % 6];
                return bytes;
              };
              const uint64_t k = i - (4 << 16);
              return Operands{word(k % words), word(k / words), k & 1 ? 0x7fffffff : noise(i)};
            }};
  }
  return {};
}

// ---- The model ------------------------------------------------------------------------------

void put(CData& port, int, uint32_t value) { port = value; }
void put(IData& port, int, uint32_t value) { port = value; }
void put(QData& port, int lane, uint32_t value) {
  port = (port & ~(0xffffffffull << 32 * lane)) | uint64_t{value} << 32 * lane;
}
template <class Wide>
void put(Wide& port, int lane, uint32_t value) {
  port[lane] = value;
}
uint32_t get(IData port, int) { return port; }
uint32_t get(QData port, int lane) { return port >> 32 * lane; }
template <class Wide>
uint32_t get(const Wide& port, int lane) {
  return port[lane];
}

class Prover {
 public:
  Prover(int lanes, bool floats) : lanes_(lanes), floats_(floats), held_(lanes, 0) {}

  void reset() {
    model_.rst_ni = 0;
    model_.adv_i = 1;
    model_.valid_i = 0;
    tick();
    model_.rst_ni = 1;
  }

  // Runs `count` operands from `next` through operation `op`. With `restless`, cycles without
  // adv_i and lanes without operands come in between, and what stands still is checked as well.
  template <class Next>
  void run(const std::string& op, int code, int latency, uint64_t count, bool restless, Next next) {
    model_.op_i = code;
    std::deque<std::vector<Slot>> flying;
    uint64_t sent = 0;
    bool fresh = true;
    int drain = 0;
    while (drain <= latency) {
      const bool adv = !restless || (random64() & 3) != 0;
      std::vector<Slot> slots(lanes_);
      uint64_t valid = 0;
      for (int lane = 0; lane < lanes_; ++lane) {
        const bool live = sent < count && (!restless || (random64() & 1));
        const Operands v = live && adv ? next() : Operands{0xdeadbeef, 0x7f800001, 0x3};
        put(model_.a_i, lane, v.a);
        put(model_.b_i, lane, v.b);
        put(model_.c_i, lane, v.c);
        if (live) valid |= uint64_t{1} << lane;
        if (live && adv) {
          slots[lane] = {true, v, expect(op, floats_, v)};
          ++sent;
        }
      }
      model_.valid_i = valid;
      model_.adv_i = adv;
      tick();
      if (adv) {
        flying.push_back(std::move(slots));
        if (sent >= count) ++drain;
        if (static_cast<int>(flying.size()) > latency) flying.pop_front();
        if (static_cast<int>(flying.size()) == latency) check(op, flying.front());
      } else if (!fresh) {
        for (int lane = 0; lane < lanes_; ++lane) {
          if (get(model_.result_o, lane) != held_[lane]) fail(op, lane, {}, held_[lane], "moved without adv_i");
        }
      }
      for (int lane = 0; lane < lanes_; ++lane) held_[lane] = get(model_.result_o, lane);
      fresh = false;
    }
  }

  uint64_t vectors = 0;
  uint64_t mismatches = 0;

 private:
  struct Slot {
    bool live = false;
    Operands operands{};
    uint32_t answer = 0;
  };

  void tick() {
    model_.clk_i = 0;
    model_.eval();
    model_.clk_i = 1;
    model_.eval();
  }

  void check(const std::string& op, const std::vector<Slot>& slots) {
    for (int lane = 0; lane < lanes_; ++lane) {
      if (!slots[lane].live) continue;
      ++vectors;
      if (get(model_.result_o, lane) != slots[lane].answer) {
        fail(op, lane, slots[lane].operands, slots[lane].answer, "differs");
      }
    }
  }

  void fail(const std::string& op, int lane, Operands v, uint32_t answer, const char* what) {
    if (++mismatches > 10) return;
    std::fprintf(stderr, "%s lane %d (%08x %08x %08x) %s: %08x, should be %08x\n", op.c_str(), lane, v.a, v.b, v.c,
                 what, get(model_.result_o, lane), answer);
  }

  Vkiln_fu model_;
  int lanes_;
  bool floats_;
  std::vector<uint32_t> held_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) {
    std::fprintf(stderr, "usage: fu_prove LANES SIMPLE MULTIPLY FLOAT FEATURE COUNT SEED [NAME:CODE:CLASS...]\n");
    return 2;
  }
  const int lanes = std::atoi(argv[1]);
  const bool floats = std::atoi(argv[5]) != 0;
  const uint64_t count = std::strtoull(argv[6], nullptr, 0);
  bool good = true;
  for (int i = 8; i < argc; ++i) {
    const std::string text = argv[i];
    const size_t one = text.find(':'), two = text.find(':', one + 1);
    const std::string op = text.substr(0, one), kind = text.substr(two + 1);
    const int code = std::atoi(text.c_str() + one + 1);
    const int latency = std::atoi(argv[kind == "simple" ? 2 : kind == "multiply" ? 3 : 4]);
    state = std::strtoull(argv[7], nullptr, 0) * 64 + code;
    Prover prover(lanes, floats);
    prover.reset();
    // Every triple of corners where a third operand is read, otherwise every pair.
    const std::vector<uint32_t> list = corners();
    const uint64_t n = list.size();
    const bool triple = op == "fma" || op == "mac" || op == "sel" || op == "bdot2" || op == "idot4";
    uint64_t at = 0;
    prover.run(op, code, latency, triple ? n * n * n : n * n, false, [&] {
      const uint64_t k = at++;
      return Operands{list[k % n], list[k / n % n], list[k / n / n % n]};
    });
    prover.run(op, code, latency, count, false, random_operands);
    prover.run(op, code, latency, count / 8 + 1000, true, random_operands);
    if (const Exhaustive small = exhaustive(op, count); small.vectors > 0) {
      uint64_t next = 0;
      prover.run(op, code, latency, small.vectors, false, [&] { return small.at(next++); });
    }
    std::printf("%s %llu %llu\n", op.c_str(), static_cast<unsigned long long>(prover.vectors),
                static_cast<unsigned long long>(prover.mismatches));
    good = good && prover.mismatches == 0;
  }
  return good ? 0 : 1;
}
