// Gradients of activations whose slope below 0 is a number.

KERNEL leaky_relu(GLOBAL REAL *out, GLOBAL const REAL *dout, GLOBAL const REAL *x, WIDE alpha, LONG n) {
  REAL slope = (REAL)alpha;
  EACH_ITEM(at, n) { out[at] = x[at] > 0 ? dout[at] : slope * dout[at]; }
}

KERNEL elu(GLOBAL REAL *out, GLOBAL const REAL *dout, GLOBAL const REAL *x, WIDE alpha, LONG n) {
  REAL slope = (REAL)alpha;
  EACH_ITEM(at, n) { out[at] = x[at] > 0 ? dout[at] : slope * exp(x[at]) * dout[at]; }
}
