// Vectors as samples, and groups of rows. A total weight lies in `totals`, or is n where nothing is weighted.
#include "folds.h"
#include "rows.h"

#define TOTAL (weighted ? totals[0] : (WIDE)n)

KERNEL weighted_cells(GLOBAL WIDE *out, GLOBAL const REAL *x, GLOBAL const REAL *weights, LONG n) {
  EACH_ITEM(i, n) out[i] = (WIDE)weights[i] * x[i];
}

FUNCTION WIDE power(WIDE distance, int order) {
  WIDE square = distance * distance;
  return order == 2 ? square : order == 3 ? square * distance : square * square;
}

KERNEL powers(GLOBAL WIDE *out, GLOBAL const REAL *x, GLOBAL const REAL *weights, GLOBAL const WIDE *sums,
              GLOBAL const WIDE *totals, int weighted, int order, LONG n) {
  WIDE mean = sums[0] / TOTAL;
  EACH_ITEM(i, n) out[i] = (weighted ? (WIDE)weights[i] : 1) * power(x[i] - mean, order);
}

KERNEL products(GLOBAL WIDE *out, GLOBAL const REAL *x, GLOBAL const REAL *y, GLOBAL const REAL *weights,
                GLOBAL const WIDE *sums, GLOBAL const WIDE *otherSums, GLOBAL const WIDE *totals, int weighted,
                LONG n) {
  WIDE mean = sums[0] / TOTAL, otherMean = otherSums[0] / TOTAL;
  EACH_ITEM(i, n) out[i] = (weighted ? (WIDE)weights[i] : 1) * (x[i] - mean) * (y[i] - otherMean);
}

// The sum by the total weight, or by one less; of a single cell as it is then.
KERNEL ratio(GLOBAL WIDE *out, GLOBAL const WIDE *sums, GLOBAL const WIDE *totals, int weighted, int less, LONG n) {
  if (FIRST == 0) out[0] = less && n == 1 ? sums[0] : sums[0] / (TOTAL - (WIDE)less);
}

// Keys in the order of the numbers, with -0 before 0 and NaN last.
KERNEL sample_keys(GLOBAL ULONG *keys, GLOBAL UINT *rows, GLOBAL const REAL *x, LONG n) {
  ULONG sign = (ULONG)1 << (8 * sizeof(REAL) - 1), all = sign | (sign - 1);
  EACH_ITEM(i, n) {
    union {
      REAL number;
      UINT words[2];
    } bits;
    bits.words[1] = 0;
    bits.number = x[i];
    ULONG key = sizeof(REAL) == 8 ? (ULONG)bits.words[1] << 32 | bits.words[0] : bits.words[0];
    keys[i] = x[i] != x[i] ? all : (key & sign) ? ~key & all : key | sign;
    rows[i] = (UINT)i;
  }
}

// The cell of a rank from 0, or the mean of two; NaN where there is one.
KERNEL ranked(GLOBAL WIDE *out, GLOBAL const REAL *x, GLOBAL const UINT *rows, LONG rank, LONG other, LONG n) {
  if (FIRST == 0) {
    WIDE last = x[rows[n - 1]], cell = x[rows[rank]];
    WIDE middle = rank == other ? cell : (cell + x[rows[other]]) / 2;
    out[0] = last != last ? last : middle;
  }
}

// The group of each row, from 0; rows of groups behind the last are in the one behind the last. `bad` becomes n less the
// position of the first row whose group is below 1.
KERNEL groups(GLOBAL ULONG *keys, GLOBAL UINT *order, GLOBAL UINT *bad, GLOBAL const REAL *numbers, LONG n,
              LONG count) {
  EACH_ITEM(i, n) {
    WIDE number = numbers[i];
    if (!(number >= 1)) ATOMIC_MAX(bad, (UINT)(n - i));
    keys[i] = (ULONG)(number >= 1 && number < (WIDE)count + 1 ? (LONG)number - 1 : count);
    order[i] = (UINT)i;
  }
}

// Where each group begins among sorted keys, and where the last one ends.
KERNEL starts(GLOBAL UINT *starts, GLOBAL const ULONG *keys, LONG n, LONG count) {
  EACH_ITEM(g, count + 1) {
    LONG low = 0, high = n;
    while (low < high) {
      LONG middle = (low + high) / 2;
      if (keys[middle] < (ULONG)g)
        low = middle + 1;
      else
        high = middle;
    }
    starts[g] = (UINT)low;
  }
}

// The members of a group, of which each of the threads that work on it takes some.
#define EACH_MEMBER                                                                                                   \
  for (LONG k = row < rows ? from + lane : to, i = k < to ? order[k] : 0; k < to; k += lanes, i = k < to ? order[k] : 0)

#define GROUP_OF_ROW                                                                                                  \
  LONG g = row < rows ? quotient(row, width) : 0, col = row - g * width;                                              \
  LONG from = starts[g], to = row < rows ? starts[g + 1] : from;

#define SUMS 0
#define COUNTS 1
#define MEANS 2
#define VARIANCES 3

// A row of the result for each group, `width` columns wide. What is above VARIANCES is the central moment of `moment`.
KERNEL group_sums(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const REAL *weights, GLOBAL const UINT *order,
                  GLOBAL const UINT *starts, int weighted, int function, int moment, LONG width, LONG rows, LONG cols,
                  int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    GROUP_OF_ROW
    WIDE total = 0, sum = 0;
    EACH_MEMBER {
      WIDE weight = weighted ? (WIDE)weights[i] : 1;
      total += weight;
      sum += weight * x[i * width + col];
    }
    MERGE_LANES(shared, total, ADDED)
    MERGE_LANES(shared, sum, ADDED)
    if (function >= VARIANCES) {
      WIDE mean = total == 0 ? 0 : sum / total;
      sum = 0;
      EACH_MEMBER sum += (weighted ? (WIDE)weights[i] : 1) * power(x[i * width + col] - mean, moment);
      MERGE_LANES(shared, sum, ADDED)
    }
    if (lane == 0 && row < rows) {
      WIDE value = sum;
      if (function == COUNTS) value = total;
      if (function == MEANS) value = total == 0 ? 0 : sum / total;
      if (function == VARIANCES) value = total > 1 ? sum / (total - 1) : 0;
      if (function > VARIANCES) value = sum / total;
      out[row] = (REAL)value;
    }
  }
}

KERNEL group_extremes(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const UINT *order, GLOBAL const UINT *starts,
                      int least, LONG width, LONG rows, LONG cols, int lanes) {
  LOCAL WIDE shared[256];
  EACH_ROW(rows) {
    GROUP_OF_ROW
    // The largest of the negated cells is the least; so is NaN.
    WIDE most = -INFINITY;
    EACH_MEMBER {
      WIDE cell = x[i * width + col];
      most = larger(most, least ? -cell : cell);
    }
    MERGE_LANES(shared, most, larger)
    if (lane == 0 && row < rows) out[row] = from == to ? 0 : (REAL)(least ? -most : most);
  }
}
