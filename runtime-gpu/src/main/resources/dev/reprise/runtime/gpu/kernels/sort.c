// Stable radix sort of (key, row) pairs by four bits at a time. A part is a run of neighbouring
// pairs that one thread takes in order, so that equal keys stay in order.
//
//   count    how often each digit occurs in each part, digit by digit
//   scan     positions at which the digits of the parts begin: sums of all counts before
//   scatter  pairs to their positions

#define DIGITS 16

// Keys that compare as the numbers do, with NaN last; -0 equals 0.
FUNCTION ULONG ordered(REAL value) {
  union {
    REAL number;
    UINT words[2];
  } bits;
  ULONG sign = (ULONG)1 << (8 * sizeof(REAL) - 1), all = sign | (sign - 1);
  if (value != value) return all;
  bits.words[1] = 0;
  bits.number = value == 0 ? 0 : value;
  ULONG key = sizeof(REAL) == 8 ? (ULONG)bits.words[1] << 32 | bits.words[0] : bits.words[0];
  return (key & sign) ? ~key & all : key | sign;
}

KERNEL keys(GLOBAL ULONG *keys, GLOBAL UINT *rows, GLOBAL const REAL *x, LONG n, LONG cols,
            LONG col, int decreasing) {
  ULONG sign = (ULONG)1 << (8 * sizeof(REAL) - 1), all = sign | (sign - 1);
  EACH_ITEM(i, n) {
    ULONG key = ordered(x[i * cols + col]);
    keys[i] = decreasing ? ~key & all : key;
    rows[i] = (UINT)i;
  }
}

KERNEL count(GLOBAL UINT *counts, GLOBAL const ULONG *keys, LONG n, LONG parts, LONG chunk,
             int shift) {
  EACH_ITEM(part, parts) {
    UINT seen[DIGITS];
    for (int digit = 0; digit < DIGITS; digit++) seen[digit] = 0;
    LONG from = part * chunk, to = from + chunk < n ? from + chunk : n;
    for (LONG i = from; i < to; i++) seen[(keys[i] >> shift) % DIGITS]++;
    for (int digit = 0; digit < DIGITS; digit++) counts[digit * parts + part] = seen[digit];
  }
}

// Each group sums its block, of as many counts for each thread; with `write`, counts become sums of
// all before them. The block begins with what lies before it in `carried`, if any.
KERNEL scan(GLOBAL UINT *counts, GLOBAL UINT *sums, GLOBAL const UINT *carried, LONG n, LONG block,
            int carries, int write) {
  LOCAL UINT totals[256];
  LONG each = block / THREADS, from = GROUP * block + THREAD * each;
  LONG to = from + each < n ? from + each : n;
  UINT total = 0;
  for (LONG i = from; i < to; i++) total += counts[i];
  totals[THREAD] = total;
  BARRIER;
  UINT sum = total;
  for (int step = 1; step < THREADS; step *= 2) {
    UINT before = THREAD >= step ? totals[THREAD - step] : 0;
    BARRIER;
    sum += before;
    totals[THREAD] = sum;
    BARRIER;
  }
  if (THREAD == THREADS - 1 && !carries) sums[GROUP] = sum;
  if (write) {
    UINT next = sum - total + (carries ? carried[GROUP] : 0);
    for (LONG i = from; i < to; i++) {
      UINT here = counts[i];
      counts[i] = next;
      next += here;
    }
  }
}

KERNEL scatter(GLOBAL ULONG *sortedKeys, GLOBAL UINT *sortedRows, GLOBAL const ULONG *keys,
               GLOBAL const UINT *rows, GLOBAL const UINT *starts, LONG n, LONG parts, LONG chunk,
               int shift) {
  EACH_ITEM(part, parts) {
    UINT next[DIGITS];
    for (int digit = 0; digit < DIGITS; digit++) next[digit] = starts[digit * parts + part];
    LONG from = part * chunk, to = from + chunk < n ? from + chunk : n;
    for (LONG i = from; i < to; i++) {
      ULONG key = keys[i];
      UINT to = next[(key >> shift) % DIGITS]++;
      sortedKeys[to] = key;
      sortedRows[to] = rows[i];
    }
  }
}

KERNEL positions(GLOBAL REAL *out, GLOBAL const UINT *rows, LONG n) {
  EACH_ITEM(i, n) out[i] = (REAL)(rows[i] + (UINT)1);
}

KERNEL gather(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const UINT *rows, LONG n, LONG cols) {
  EACH_ITEM(at, n * cols)
    out[at] = x[(LONG)rows[at / cols] * cols + at % cols];
}
