// A step of a long short-term memory, between the products: gates input, forget, output and candidate of
// `units` each lie side by side. Caches have a row per step with all examples.

FUNCTION REAL logistic(REAL x) { return 1 / (1 + exp(-x)); }

// From the sums of a step's gates, those of the input for all steps of an example in a row, to its gates,
// state and output.
KERNEL ahead(GLOBAL REAL *gates, GLOBAL REAL *c, GLOBAL REAL *out, GLOBAL const REAL *input,
            GLOBAL const REAL *hidden, GLOBAL const REAL *bias, GLOBAL const REAL *before, LONG beforeAt,
            LONG t, LONG steps, LONG examples, LONG units) {
  EACH_ITEM(at, examples * units) {
    LONG n = quotient(at, units), j = at - n * units;
    GLOBAL const REAL *x = input + (n * steps + t) * 4 * units + j;
    GLOBAL const REAL *y = hidden + n * 4 * units + j;
    GLOBAL REAL *to = gates + (t * examples + n) * 4 * units + j;
    REAL in = logistic(x[0] + y[0] + bias[j]);
    REAL forget = logistic(x[units] + y[units] + bias[units + j]);
    REAL show = logistic(x[2 * units] + y[2 * units] + bias[2 * units + j]);
    REAL candidate = tanh(x[3 * units] + y[3 * units] + bias[3 * units + j]);
    REAL now = forget * before[beforeAt + at] + in * candidate;
    to[0] = in;
    to[units] = forget;
    to[2 * units] = show;
    to[3 * units] = candidate;
    c[t * examples * units + at] = now;
    out[t * examples * units + at] = show * tanh(now);
  }
}

// Back through a step: the gradients of the gates' sums, all steps of an example in a row, and that of the
// state before. dout has all steps of an example, or only the last one, which is then the only one added.
KERNEL back(GLOBAL REAL *dgates, GLOBAL REAL *dstate, GLOBAL const REAL *dhidden, GLOBAL const REAL *dout,
            LONG shown, LONG shownAt, GLOBAL const REAL *gates, GLOBAL const REAL *c,
            GLOBAL const REAL *before, LONG beforeAt, LONG t, LONG steps, LONG examples, LONG units) {
  EACH_ITEM(at, examples * units) {
    LONG n = quotient(at, units), j = at - n * units;
    GLOBAL const REAL *from = gates + (t * examples + n) * 4 * units + j;
    GLOBAL REAL *to = dgates + (n * steps + t) * 4 * units + j;
    REAL in = from[0], forget = from[units], show = from[2 * units], candidate = from[3 * units];
    REAL state = tanh(c[t * examples * units + at]);
    REAL dh = dhidden[at];
    if (shown > 0) dh += dout[n * shown + shownAt + j];
    REAL ds = dstate[at] + show * (1 - state * state) * dh;
    to[0] = candidate * ds * in * (1 - in);
    to[units] = before[beforeAt + at] * ds * forget * (1 - forget);
    to[2 * units] = state * dh * show * (1 - show);
    to[3 * units] = in * ds * (1 - candidate * candidate);
    dstate[at] = forget * ds;
  }
}

// The outputs before each step, all steps of an example in a row.
KERNEL shifted(GLOBAL REAL *out, GLOBAL const REAL *first, GLOBAL const REAL *cache, LONG steps, LONG examples,
               LONG units) {
  EACH_ITEM(at, examples * steps * units) {
    LONG place = quotient(at, units), j = at - place * units, n = quotient(place, steps);
    LONG t = place - n * steps;
    out[at] = t == 0 ? first[n * units + j] : cache[((t - 1) * examples + n) * units + j];
  }
}
