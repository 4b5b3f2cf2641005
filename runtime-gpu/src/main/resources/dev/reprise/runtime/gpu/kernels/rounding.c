// Operands of products with fewer bits: the nearest numbers, of two the even one. Cells of fp32; the program for
// fp64 is never run.
#ifdef __OPENCL_VERSION__
#define FLOAT_BITS(x) as_uint(x)
#define OF_FLOAT_BITS(bits) as_float(bits)
#else
#define FLOAT_BITS(x) __float_as_uint(x)
#define OF_FLOAT_BITS(bits) __uint_as_float(bits)
#endif

KERNEL rounded(GLOBAL REAL *out, GLOBAL const REAL *x, LONG cells, int dropped) {
  EACH_ITEM(at, cells) {
    float cell = (float)x[at];
    UINT bits = FLOAT_BITS(cell);
    UINT upwards = ((UINT)1 << (dropped - 1)) - 1 + (bits >> dropped & 1);
    out[at] = cell != cell ? cell : OF_FLOAT_BITS((bits + upwards) & ~(UINT)0 << dropped);
  }
}
