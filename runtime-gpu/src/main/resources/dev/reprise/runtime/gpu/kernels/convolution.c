// Convolutions and their gradients as products that read images where they lie: no patches are written. A cell of the
// result is a sum of terms,
//
//   out[i, c] = sum over t of a[i, t] * x[t, c]       columns c = (c0, c1, c2), terms t = (t0, t1, t2), the last the fastest
//
//   where x[t, c] is the cell at t0 * xTerm0 + c0 * xCol0 in row y = yAt + c1 * yCol + t1 * yTerm and column z likewise of
//   planes of height * width cells, and zero outside of them.
//
//   outputs            a: filters   t: channel, place of the window   c: image, output cell
//   filter gradient    a: douts     t: image, output cell             c: channel, place of the window
//   data gradient      a: filters   t: filter, place of the window    c: image, cell
//
// The terms are cut into `chunks` of `chunk`, with a part of the result for each. With "skips" there is no product where
// there is no cell; else zero is multiplied there, too.
#define CONTRACTION                                                                                                   \
  int groups, int rows, int cols, int cols1, int cols2, int terms, int terms1, int terms2, int chunk, int chunks,     \
      int aAt, int aGroup, int aRows, int aTerm0, int aTerm1, int aTerm2, int xGroup, int xTerm0, int xCol0,          \
      int height, int width, int yAt, int yTerm, int yCol, int zAt, int zTerm, int zCol, int outAt, int outGroup,     \
      int outRows, int outCol0, int outCol1, int outCol2, LONG outPart, int skips

#define ALIGNED __attribute__((aligned(16)))

// Registers for two groups at a time in a multiprocessor of CUDA.
#ifdef __OPENCL_VERSION__
#define TWO_GROUPS
#define UNROLLED
#else
#define TWO_GROUPS __launch_bounds__(256, 2)
#define UNROLLED _Pragma("unroll")
#endif

// Declares the digits NAME0, NAME1, NAME2 of a place among columns or terms.
#define DIGITS(place, of, name)                                                                                       \
  int name##2 = (place) % of##2, name##1 = (place) / of##2 % of##1, name##0 = (place) / of##2 / of##1;

// The digits of a term DEPTH later.
#define MOVE_ON(name)                                                                                                 \
  name##2 += step2;                                                                                                   \
  name##1 += step1;                                                                                                   \
  name##0 += step0;                                                                                                   \
  if (name##2 >= terms2) name##2 -= terms2, name##1++;                                                                \
  if (name##1 >= terms1) name##1 -= terms1, name##0++;

// Tiles of 64, 32 and 16 rows by 128 or 256 columns (half as many of doubles).
#define KERNEL_NAME columns_64
#define DOWN 16
#define ACROSS 16
#define ROWS 4
#define DEPTH 8
#define ALONG_SUM 0
#include "contraction.h"
#define KERNEL_NAME columns_32
#define DOWN 8
#define ACROSS 32
#define ROWS 4
#define DEPTH 8
#define ALONG_SUM 0
#include "contraction.h"
#define KERNEL_NAME columns_16
#define DOWN 8
#define ACROSS 16
#define ROWS 2
#define DEPTH 16
#define ALONG_SUM 0
#include "contraction.h"
// For long sums: 64 rows by 128 columns (64 of doubles), or 32 by 32.
#define KERNEL_NAME sums_64
#define DOWN 16
#define ACROSS 16
#define ROWS 4
#define DEPTH 8
#define ALONG_SUM 1
#include "contraction.h"
#define KERNEL_NAME sums_32
#define DOWN 8
#define ACROSS (16 / LANES)
#define ROWS 4
#define DEPTH 32
#define ALONG_SUM 1
#include "contraction.h"

// The sum of many parts of few cells: each of 8 threads adds every eighth part, then one adds their sums in order.
KERNEL add_parts(GLOBAL REAL *out, GLOBAL const REAL *parts, LONG cells, LONG count) {
  LOCAL REAL shared[256];
  int lane = THREAD / 32;
  for (LONG first = GROUP * 32; first < cells; first += GROUPS * 32) {
    LONG at = first + THREAD % 32;
    REAL sum = 0;
    for (LONG t = lane; t < count && at < cells; t += 8) sum += parts[t * cells + at];
    shared[THREAD] = sum;
    BARRIER;
    for (int other = 1; lane == 0 && other < 8; other++) sum += shared[THREAD + other * 32];
    if (lane == 0 && at < cells) out[at] = sum;
    BARRIER;
  }
}
