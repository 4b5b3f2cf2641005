// Normalisation of channels. A plane is one channel of one image, "cells" long; numbers of channels that
// sums gave are wide.

FUNCTION LONG channel_of(LONG at, LONG cells, LONG channels) {
  LONG plane = quotient(at, cells);
  return plane - quotient(plane, channels) * channels;
}

// A channel's number for each of its planes.
KERNEL repeat(GLOBAL WIDE *out, GLOBAL const WIDE *x, LONG channels, LONG planes) {
  EACH_ITEM(at, planes) { out[at] = x[channel_of(at, 1, channels)]; }
}

KERNEL widened(GLOBAL WIDE *out, GLOBAL const REAL *x, LONG n) {
  EACH_ITEM(at, n) { out[at] = x[at]; }
}

// Takes variances for the inverses of their deviations; averages move only in training.
KERNEL settle(GLOBAL WIDE *mean, GLOBAL WIDE *variance, GLOBAL REAL *averageMean,
              GLOBAL REAL *averageVariance, GLOBAL const REAL *oldMean, GLOBAL const REAL *oldVariance,
              GLOBAL REAL *cacheMean, GLOBAL REAL *cacheInverse, WIDE epsilon, WIDE mu, int training,
              LONG channels) {
  EACH_ITEM(c, channels) {
    averageMean[c] = training ? (REAL)(mu * oldMean[c] + (1 - mu) * mean[c]) : oldMean[c];
    averageVariance[c] = training ? (REAL)(mu * oldVariance[c] + (1 - mu) * variance[c]) : oldVariance[c];
    variance[c] = 1 / sqrt(variance[c] + epsilon);
    cacheMean[c] = (REAL)mean[c];
    cacheInverse[c] = (REAL)variance[c];
  }
}

KERNEL normalise(GLOBAL REAL *y, GLOBAL const REAL *x, GLOBAL const WIDE *mean, GLOBAL const WIDE *inverse,
                 GLOBAL const REAL *gamma, GLOBAL const REAL *beta, LONG cells, LONG channels, LONG n) {
  EACH_ITEM(at, n) {
    LONG c = channel_of(at, cells, channels);
    y[at] = (REAL)((x[at] - mean[c]) * inverse[c] * gamma[c] + beta[c]);
  }
}

// What dgamma sums, but for the deviation.
KERNEL weighted(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const REAL *dout, GLOBAL const REAL *mean,
                LONG cells, LONG channels, LONG n) {
  EACH_ITEM(at, n) { out[at] = dout[at] * (x[at] - mean[channel_of(at, cells, channels)]); }
}

KERNEL gradient(GLOBAL REAL *dx, GLOBAL const REAL *x, GLOBAL const REAL *dout, GLOBAL const REAL *gamma,
                GLOBAL const REAL *inverse, GLOBAL const WIDE *meanX, GLOBAL const WIDE *meanDout,
                GLOBAL const WIDE *meanProduct, LONG cells, LONG channels, LONG n) {
  EACH_ITEM(at, n) {
    LONG c = channel_of(at, cells, channels);
    WIDE scale = inverse[c], slope = meanProduct[c] * scale * scale;
    dx[at] = (REAL)(gamma[c] * scale * (dout[at] - meanDout[c] - slope * (x[at] - meanX[c])));
  }
}

// The gradients of gamma and beta: means times how many cells they are of.
KERNEL number_gradients(GLOBAL REAL *dgamma, GLOBAL REAL *dbeta, GLOBAL const WIDE *meanProduct,
                        GLOBAL const WIDE *meanDout, GLOBAL const REAL *inverse, LONG count, LONG channels) {
  EACH_ITEM(c, channels) {
    dgamma[c] = (REAL)(meanProduct[c] * count * inverse[c]);
    dbeta[c] = (REAL)(meanDout[c] * count);
  }
}
