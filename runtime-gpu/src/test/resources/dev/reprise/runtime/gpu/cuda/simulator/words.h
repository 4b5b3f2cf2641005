// The words of CUDA C that kernels use, for the host's compiler: kernels of the simulated device are compiled with
// this before their text. One thread of a group runs at a time, so shared memory is static memory, all of a module's in
// one section, which the driver fills anew for each group.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <algorithm>
using namespace std;
struct Place { unsigned x, y, z; };
struct alignas(16) double2 { double x, y; };
struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(16) int4 { int x, y, z, w; };
extern "C" {
Place blockIdx, threadIdx, blockDim, gridDim;
void (*simulatedBarrier)(int line);
// Null where no kernel has shared memory.
extern char __start_shared[] __attribute__((weak, visibility("hidden")));
extern char __stop_shared[] __attribute__((weak, visibility("hidden")));
char *sharedBegin() { return __start_shared; }
char *sharedEnd() { return __stop_shared; }
}
#define __global__
#define __device__ static
#define __forceinline__ inline
#define __shared__ static __attribute__((section("shared")))
#define __restrict__
#define __launch_bounds__(...)
#define __syncthreads() simulatedBarrier(__LINE__)
static inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)(((uint64_t)a * b) >> 32); }
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return (unsigned long long)(((unsigned __int128)a * b) >> 64);
}
template <class To, class From> static inline To sameBits(From from) {
  static_assert(sizeof(To) == sizeof(From), "sizes");
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}
static inline long long __double_as_longlong(double a) { return sameBits<long long>(a); }
static inline double __longlong_as_double(long long a) { return sameBits<double>(a); }
static inline int __float_as_int(float a) { return sameBits<int>(a); }
static inline unsigned __float_as_uint(float a) { return sameBits<unsigned>(a); }
static inline float __int_as_float(int a) { return sameBits<float>(a); }
static inline float __uint_as_float(unsigned a) { return sameBits<float>(a); }
static inline int __popc(unsigned a) { return __builtin_popcount(a); }
static inline int __clz(int a) { return a == 0 ? 32 : __builtin_clz((unsigned)a); }
template <class T> static inline T atomicAdd(T *at, T value) { T old = *at; *at = old + value; return old; }
template <class T> static inline T atomicMin(T *at, T value) { T old = *at; *at = old < value ? old : value; return old; }
template <class T> static inline T atomicMax(T *at, T value) { T old = *at; *at = old > value ? old : value; return old; }
template <class T> static inline T atomicExch(T *at, T value) { T old = *at; *at = value; return old; }
template <class T> static inline T atomicOr(T *at, T value) { T old = *at; *at = old | value; return old; }
template <class T> static inline T atomicCAS(T *at, T is, T value) { T old = *at; if (old == is) *at = value; return old; }
