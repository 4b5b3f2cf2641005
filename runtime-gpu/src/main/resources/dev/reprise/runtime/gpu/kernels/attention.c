// Attention: softmax(q t(k) / sqrt(width)) v of each sequence and head. Position p of sequence n has the
// numbers of head h from ((n * positions + p) * heads + h) * width on. Scores are never stored: a pass over
// the keys keeps the largest so far and the sum of the powers below it, and the gradients make the weights
// anew from the logarithm of that sum.
#include "folds.h"
#include "rows.h"

#define SIZES LONG sequences, LONG queries, LONG keys, int heads, int width, int valueWidth, int causal
// The head h of position p of the sequence n, of the item `at`.
#define PLACE_OF(at, positions)                                                                      \
  LONG position = quotient(at, heads), h = at - position * heads, n = quotient(position, positions); \
  LONG p = position - n * (positions);
// Where a head of the first key of a sequence begins, and cells from one key to the next.
#define KEYS_OF(n, h)                                                                                \
  GLOBAL const REAL *k0 = k + ((n) * keys * heads + (h)) * width;                                    \
  GLOBAL const REAL *v0 = v + ((n) * keys * heads + (h)) * valueWidth;                               \
  LONG apart = (LONG)heads * width, valuesApart = (LONG)heads * valueWidth;
#define SEEN(p) (causal && (p) + 1 < keys ? (p) + 1 : keys)

FUNCTION REAL product(GLOBAL const REAL *a, GLOBAL const REAL *b, int count) {
  REAL sum = 0;
  for (int e = 0; e < count; e++) sum = FMA(a[e], b[e], sum);
  return sum;
}

// What weights are powers of: scores less the largest, which may be infinite.
FUNCTION WIDE power(WIDE score, WIDE largest) {
  return score == -INFINITY && largest == -INFINITY ? 0 : exp((REAL)(score - largest));
}

// ---- Of a thread: one query, or one key.

KERNEL forward_lines(GLOBAL REAL *out, GLOBAL REAL *logsum, GLOBAL const REAL *q, GLOBAL const REAL *k,
                     GLOBAL const REAL *v, WIDE by, SIZES) {
  REAL scale = (REAL)by;
  EACH_ITEM(at, sequences * queries * heads) {
    PLACE_OF(at, queries)
    KEYS_OF(n, h)
    LONG seen = SEEN(p);
    WIDE largest = -INFINITY, sum = 0;
    for (LONG j = 0; j < seen; j++) {
      WIDE score = product(q + at * width, k0 + j * apart, width) * scale;
      WIDE most = larger(largest, score);
      sum = sum * power(largest, most) + power(score, most);
      largest = most;
    }
    GLOBAL REAL *to = out + at * valueWidth;
    for (int e = 0; e < valueWidth; e++) to[e] = 0;
    for (LONG j = 0; j < seen; j++) {
      WIDE score = product(q + at * width, k0 + j * apart, width) * scale;
      REAL weight = (REAL)(power(score, largest) / sum);
      for (int e = 0; e < valueWidth; e++) to[e] = FMA(weight, v0[j * valuesApart + e], to[e]);
    }
    logsum[at] = (REAL)(largest + log(sum));
  }
}

// The sum of dout * out of each head of each query.
KERNEL means(GLOBAL REAL *mean, GLOBAL const REAL *dout, GLOBAL const REAL *out, LONG rows, LONG cols,
             int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    WIDE sum = 0;
    EACH_LANE(j, cols) sum += (WIDE)dout[row * cols + j] * out[row * cols + j];
    MERGE_LANES(shared, sum, ADDED)
    if (lane == 0 && row < rows) mean[row] = (REAL)sum;
  }
}

#define GRADIENT_OPERANDS                                                                            \
  GLOBAL const REAL *dout, GLOBAL const REAL *mean, GLOBAL const REAL *logsum, GLOBAL const REAL *q, \
      GLOBAL const REAL *k, GLOBAL const REAL *v, WIDE by, SIZES

// The weight of a key for a query, and the slope of its score.
#define WEIGHT(query, key) exp(product(query, key, width) * scale - logsum[i])
#define SLOPE(weight, value)                                                                         \
  ((weight) * (product(dout + i * valueWidth, value, valueWidth) - mean[i]) * scale)

KERNEL query_lines(GLOBAL REAL *dq, GRADIENT_OPERANDS) {
  REAL scale = (REAL)by;
  EACH_ITEM(i, sequences * queries * heads) {
    PLACE_OF(i, queries)
    KEYS_OF(n, h)
    GLOBAL REAL *to = dq + i * width;
    for (int e = 0; e < width; e++) to[e] = 0;
    LONG seen = SEEN(p);
    for (LONG j = 0; j < seen; j++) {
      REAL weight = WEIGHT(q + i * width, k0 + j * apart);
      REAL slope = SLOPE(weight, v0 + j * valuesApart);
      for (int e = 0; e < width; e++) to[e] = FMA(slope, k0[j * apart + e], to[e]);
    }
  }
}

KERNEL key_lines(GLOBAL REAL *dk, GLOBAL REAL *dv, GRADIENT_OPERANDS) {
  REAL scale = (REAL)by;
  EACH_ITEM(at, sequences * keys * heads) {
    PLACE_OF(at, keys)
    GLOBAL REAL *to = dk + at * width;
    GLOBAL REAL *valueTo = dv + at * valueWidth;
    for (int e = 0; e < width; e++) to[e] = 0;
    for (int e = 0; e < valueWidth; e++) valueTo[e] = 0;
    for (LONG j = causal ? p : 0; j < queries; j++) {
      LONG i = (n * queries + j) * heads + h;
      REAL weight = WEIGHT(q + i * width, k + at * width);
      REAL slope = SLOPE(weight, v + at * valueWidth);
      for (int e = 0; e < width; e++) to[e] = FMA(slope, q[i * width + e], to[e]);
      for (int e = 0; e < valueWidth; e++) {
        valueTo[e] = FMA(weight, dout[i * valueWidth + e], valueTo[e]);
      }
    }
  }
}

// ---- Of a group of 128 threads: four queries, or four keys, against 128 of the others at a time.

#define FOUR 4
#define MANY 128
// Threads r * 32 to r * 32 + 31 merge what they have of line r.
#define MERGE_LINE(shared, value, MERGED)                                                            \
  shared[THREAD] = value;                                                                            \
  BARRIER;                                                                                           \
  for (int middle = 16; middle > 0; middle /= 2) {                                                   \
    if (THREAD % 32 < middle) shared[THREAD] = MERGED(shared[THREAD], shared[THREAD + middle]);      \
    BARRIER;                                                                                         \
  }                                                                                                  \
  value = shared[THREAD - THREAD % 32];                                                              \
  BARRIER;

// Four lines of each head of each sequence: the first of them and its item.
#define EACH_FOUR(lines)                                                                             \
  LONG fours = ((lines) + FOUR - 1) / FOUR;                                                          \
  for (LONG work = GROUP; work < sequences * heads * fours; work += GROUPS)
#define FOUR_OF(lines)                                                                               \
  LONG first = work % fours * FOUR, h = work / fours % heads, n = work / fours / heads;              \
  LONG at0 = (n * (lines) + first) * heads + h;

KERNEL forward_groups(GLOBAL REAL *out, GLOBAL REAL *logsum, GLOBAL const REAL *q, GLOBAL const REAL *k,
                      GLOBAL const REAL *v, WIDE by, SIZES) {
  LOCAL REAL weights[FOUR * MANY];
  LOCAL WIDE shared[MANY];
  LOCAL REAL factors[FOUR];
  int line = THREAD / 32;
  REAL scale = (REAL)by;
  EACH_FOUR(queries) {
    FOUR_OF(queries)
    KEYS_OF(n, h)
    LONG seen = SEEN(first + FOUR - 1);
    WIDE largest = -INFINITY, sum = 0;
    for (LONG j0 = 0; j0 < seen; j0 += MANY) {
      LONG j = j0 + THREAD;
      for (int r = 0; r < FOUR; r++) {
        REAL score = -INFINITY;
        if (first + r < queries && j < SEEN(first + r)) {
          score = product(q + (at0 + r * heads) * width, k0 + j * apart, width) * scale;
        }
        weights[r * MANY + THREAD] = score;
      }
      BARRIER;
      WIDE most = largest;
      for (int s = THREAD % 32; s < MANY; s += 32) most = larger(most, weights[line * MANY + s]);
      MERGE_LINE(shared, most, larger)
      WIDE added = 0;
      for (int s = THREAD % 32; s < MANY; s += 32) {
        REAL weight = (REAL)power(weights[line * MANY + s], most);
        weights[line * MANY + s] = weight;
        added += weight;
      }
      MERGE_LINE(shared, added, ADDED)
      WIDE factor = power(largest, most);
      sum = sum * factor + added;
      largest = most;
      if (THREAD % 32 == 0) factors[line] = (REAL)factor;
      BARRIER;
      int count = seen - j0 < MANY ? (int)(seen - j0) : MANY;
      for (int cell = THREAD; cell < FOUR * valueWidth; cell += MANY) {
        int r = cell / valueWidth, e = cell - r * valueWidth;
        if (first + r < queries) {
          GLOBAL REAL *to = out + (at0 + r * heads) * valueWidth + e;
          REAL total = j0 == 0 ? 0 : *to * factors[r];
          GLOBAL const REAL *value = v0 + j0 * valuesApart + e;
          for (int s = 0; s < count; s++) {
            total = FMA(weights[r * MANY + s], value[s * valuesApart], total);
          }
          *to = total;
        }
      }
      BARRIER;
    }
    if (THREAD % 32 == 0) {
      factors[line] = (REAL)sum;
      if (first + line < queries) logsum[at0 + line * heads] = (REAL)(largest + log(sum));
    }
    BARRIER;
    for (int cell = THREAD; cell < FOUR * valueWidth; cell += MANY) {
      int r = cell / valueWidth;
      if (first + r < queries) out[(at0 + r * heads) * valueWidth + cell - r * valueWidth] /= factors[r];
    }
    BARRIER;
  }
}

KERNEL query_groups(GLOBAL REAL *dq, GRADIENT_OPERANDS) {
  LOCAL REAL slopes[FOUR * MANY];
  REAL scale = (REAL)by;
  EACH_FOUR(queries) {
    FOUR_OF(queries)
    KEYS_OF(n, h)
    LONG seen = SEEN(first + FOUR - 1);
    for (LONG j0 = 0; j0 < seen; j0 += MANY) {
      LONG j = j0 + THREAD;
      for (int r = 0; r < FOUR; r++) {
        REAL slope = 0;
        if (first + r < queries && j < SEEN(first + r)) {
          LONG i = at0 + r * heads;
          REAL weight = WEIGHT(q + i * width, k0 + j * apart);
          slope = SLOPE(weight, v0 + j * valuesApart);
        }
        slopes[r * MANY + THREAD] = slope;
      }
      BARRIER;
      int count = seen - j0 < MANY ? (int)(seen - j0) : MANY;
      for (int cell = THREAD; cell < FOUR * width; cell += MANY) {
        int r = cell / width, e = cell - r * width;
        if (first + r < queries) {
          GLOBAL REAL *to = dq + (at0 + r * heads) * width + e;
          REAL total = j0 == 0 ? 0 : *to;
          GLOBAL const REAL *key = k0 + j0 * apart + e;
          for (int s = 0; s < count; s++) total = FMA(slopes[r * MANY + s], key[s * apart], total);
          *to = total;
        }
      }
      BARRIER;
    }
  }
}

KERNEL key_groups(GLOBAL REAL *dk, GLOBAL REAL *dv, GRADIENT_OPERANDS) {
  LOCAL REAL slopes[FOUR * MANY];
  LOCAL REAL weights[FOUR * MANY];
  REAL scale = (REAL)by;
  EACH_FOUR(keys) {
    FOUR_OF(keys)
    LONG apart = (LONG)heads * width, valuesApart = (LONG)heads * valueWidth;
    LONG begin = causal ? first : 0;
    // Keys behind all queries have no gradient.
    for (LONG j0 = begin; j0 == begin || j0 < queries; j0 += MANY) {
      LONG j = j0 + THREAD, i = (n * queries + j) * heads + h;
      for (int r = 0; r < FOUR; r++) {
        REAL slope = 0, weight = 0;
        if (first + r < keys && j < queries && (!causal || j >= first + r)) {
          LONG at = at0 + r * heads;
          weight = WEIGHT(q + i * width, k + at * width);
          slope = SLOPE(weight, v + at * valueWidth);
        }
        slopes[r * MANY + THREAD] = slope;
        weights[r * MANY + THREAD] = weight;
      }
      BARRIER;
      int count = queries - j0 < MANY ? (int)(queries - j0) : MANY;
      LONG i0 = (n * queries + j0) * heads + h;
      for (int cell = THREAD; cell < FOUR * width; cell += MANY) {
        int r = cell / width, e = cell - r * width;
        if (first + r < keys) {
          GLOBAL REAL *to = dk + (at0 + r * heads) * width + e;
          REAL total = j0 == begin ? 0 : *to;
          for (int s = 0; s < count; s++) {
            total = FMA(slopes[r * MANY + s], q[i0 * width + s * apart + e], total);
          }
          *to = total;
        }
      }
      for (int cell = THREAD; cell < FOUR * valueWidth; cell += MANY) {
        int r = cell / valueWidth, e = cell - r * valueWidth;
        if (first + r < keys) {
          GLOBAL REAL *to = dv + (at0 + r * heads) * valueWidth + e;
          REAL total = j0 == begin ? 0 : *to;
          for (int s = 0; s < count; s++) {
            total = FMA(weights[r * MANY + s], dout[i0 * valueWidth + s * valuesApart + e], total);
          }
          *to = total;
        }
      }
      BARRIER;
    }
  }
}
