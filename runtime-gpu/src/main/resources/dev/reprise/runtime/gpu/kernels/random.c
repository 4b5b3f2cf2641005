// Random cells. The generator is Philox4x32-10 with the counters and keys that the processor uses,
// and all arithmetic is the processor's, in double, so that the numbers are the same to the last
// bit: a block gives two neighbouring cells of the row-major matrix.

#define UNIFORM 0
#define NORMAL 1
#define SPARSITY 3

// The bits for cells 2 block and 2 block + 1.
FUNCTION void philox(ULONG seed, UINT stream, ULONG block, ULONG *even, ULONG *odd) {
  UINT a = (UINT)block, b = (UINT)(block >> 32), c = stream, d = 0;
  UINT k0 = (UINT)seed, k1 = (UINT)(seed >> 32);
  for (int round = 0; round < 10; round++) {
    UINT high0 = MULHI(0xD2511F53u, a), low0 = 0xD2511F53u * a;
    UINT high1 = MULHI(0xCD9E8D57u, c), low1 = 0xCD9E8D57u * c;
    a = high1 ^ b ^ k0;
    b = low1;
    c = high0 ^ d ^ k1;
    d = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  *even = (ULONG)a | (ULONG)b << 32;
  *odd = (ULONG)c | (ULONG)d << 32;
}

// In [0, 1).
FUNCTION double unit(ULONG bits) { return (double)(bits >> 11) * 0x1p-53; }

// Writes a block's two cells, or one at the end of a matrix of odd size; with a sparsity below 1
// zeros where chance says so.
FUNCTION void write_pair(GLOBAL REAL *out, LONG block, LONG n, double first, double second,
                         double sparsity, ULONG seed) {
  if (sparsity < 1) {
    ULONG even, odd;
    philox(seed, SPARSITY, (ULONG)block, &even, &odd);
    if (!(unit(even) < sparsity)) first = 0;
    if (!(unit(odd) < sparsity)) second = 0;
  }
  if (2 * block + 1 < n) {
    REAL2 pair;
    pair.x = (REAL)first;
    pair.y = (REAL)second;
    ((GLOBAL REAL2 *)out)[block] = pair;
  } else {
    out[2 * block] = (REAL)first;
  }
}

// min + u * span, which may round up beyond the last number of the range.
KERNEL uniform(GLOBAL REAL *out, double min, double span, double last, double sparsity, LONG seed,
               LONG n) {
  EACH_ITEM(block, (n + 1) / 2) {
    ULONG even, odd;
    philox((ULONG)seed, UNIFORM, (ULONG)block, &even, &odd);
    double first = min + unit(even) * span, second = min + unit(odd) * span;
    write_pair(out, block, n, first < last ? first : last, second < last ? second : last, sparsity,
               (ULONG)seed);
  }
}

// ln x for a normal x above 0, by the polynomial of fdlibm.
FUNCTION double plain_log(double x) {
  LONG bits = BITS_OF(x), shifted = bits - 0x3fe6a09e00000000L;
  double exponent = (double)(int)(shifted >> 52);
  double f = OF_BITS((LONG)((ULONG)bits - ((ULONG)(shifted & 0xfff0000000000000L)))) - 1;
  double s = f / (2 + f);
  double z = s * s;
  double series = 1.531383769920937332e-01 + z * 1.479819860511658591e-01;
  series = 1.818357216161805012e-01 + z * series;
  series = 2.222219843214978396e-01 + z * series;
  series = 2.857142874366239149e-01 + z * series;
  series = 3.999999999940941908e-01 + z * series;
  series = z * (6.666666666666735130e-01 + z * series);
  double half_square = 0.5 * f * f;
  return exponent * 6.93147180369123816490e-01 -
         (half_square - (s * (half_square + series) + exponent * 1.90821492927058770002e-10) - f);
}

// sin x for |x| up to pi/4, z being its square.
FUNCTION double plain_sin(double x, double z) {
  double series = -2.50507602534068634195e-08 + z * 1.58969099521155010221e-10;
  series = 2.75573137070700676789e-06 + z * series;
  series = -1.98412698298579493134e-04 + z * series;
  series = 8.33333333332248946124e-03 + z * series;
  return x + z * x * (-1.66666666666666324348e-01 + z * series);
}

// cos x for |x| up to pi/4, from its square.
FUNCTION double plain_cos(double z) {
  double series = 2.08757232129817482790e-09 + z * -1.13596475577881948265e-11;
  series = -2.75573143513906633035e-07 + z * series;
  series = 2.48015872894767294178e-05 + z * series;
  series = -1.38888888888741095749e-03 + z * series;
  series = z * (4.16666666666666019037e-02 + z * series);
  return 1 - (0.5 * z - z * series);
}

// Box and Muller: r cos t and r sin t with r = sqrt(-2 ln(1 - u1)), t = 2 pi u2.
KERNEL normal(GLOBAL REAL *out, double sparsity, LONG seed, LONG n) {
  EACH_ITEM(block, (n + 1) / 2) {
    ULONG even, odd;
    philox((ULONG)seed, NORMAL, (ULONG)block, &even, &odd);
    double radius = sqrt(-2 * plain_log(1 - unit(even)));
    double turns = 4 * unit(odd);
    double nearest = floor(turns + 0.5);
    double angle = (turns - nearest) * (3.141592653589793 / 2);
    double square = angle * angle;
    double sine = plain_sin(angle, square), cosine = plain_cos(square);
    int quadrant = (int)nearest & 3;
    double x = quadrant & 1 ? sine : cosine, y = quadrant & 1 ? cosine : sine;
    write_pair(out, block, n, radius * (quadrant == 1 || quadrant == 2 ? -x : x),
               radius * (quadrant >= 2 ? -y : y), sparsity, (ULONG)seed);
  }
}

// Cells that chance keeps, divided by their share; the others are 0. Chance is that of sparse matrices.
KERNEL dropout(GLOBAL REAL *out, GLOBAL const REAL *x, double share, LONG seed, LONG n) {
  EACH_ITEM(block, (n + 1) / 2) {
    ULONG even, odd;
    philox((ULONG)seed, SPARSITY, (ULONG)block, &even, &odd);
    LONG at = 2 * block;
    out[at] = unit(even) < share ? (REAL)(x[at] / share) : 0;
    if (at + 1 < n) out[at + 1] = unit(odd) < share ? (REAL)(x[at + 1] / share) : 0;
  }
}
