// Steps of optimisers: parameters x and their gradient dx to new parameters and averages, in one pass.
// Arithmetic is wide, which costs nothing beside the reading.

KERNEL descent(GLOBAL REAL *out, GLOBAL const REAL *x, GLOBAL const REAL *dx, WIDE lr, WIDE decay, LONG n) {
  EACH_ITEM(at, n) {
    WIDE slope = dx[at] + (decay == 0 ? 0 : decay * x[at]);
    out[at] = (REAL)(x[at] - lr * slope);
  }
}

// With `ahead` the momentum of Nesterov.
KERNEL momentum(GLOBAL REAL *out, GLOBAL REAL *next, GLOBAL const REAL *x, GLOBAL const REAL *dx,
                GLOBAL const REAL *v, WIDE lr, WIDE mu, WIDE decay, int ahead, LONG n) {
  EACH_ITEM(at, n) {
    WIDE slope = dx[at] + (decay == 0 ? 0 : decay * x[at]);
    WIDE velocity = mu * v[at] - lr * slope;
    next[at] = (REAL)velocity;
    out[at] = (REAL)(ahead ? x[at] - mu * v[at] + (1 + mu) * velocity : x[at] + velocity);
  }
}

KERNEL scaled(GLOBAL REAL *out, GLOBAL REAL *next, GLOBAL const REAL *x, GLOBAL const REAL *dx,
              GLOBAL const REAL *cache, WIDE lr, WIDE epsilon, WIDE kept, WIDE added, LONG n) {
  EACH_ITEM(at, n) {
    WIDE slope = dx[at], sum = kept * cache[at] + added * (slope * slope);
    next[at] = (REAL)sum;
    out[at] = (REAL)(x[at] - lr * slope / (sqrt(sum) + epsilon));
  }
}

KERNEL adam(GLOBAL REAL *out, GLOBAL REAL *nextM, GLOBAL REAL *nextV, GLOBAL const REAL *x,
            GLOBAL const REAL *dx, GLOBAL const REAL *m, GLOBAL const REAL *v, WIDE rate, WIDE beta1, WIDE beta2,
            WIDE share1, WIDE share2, WIDE epsilon, LONG n) {
  EACH_ITEM(at, n) {
    WIDE slope = dx[at], first = beta1 * m[at] + share1 * slope;
    WIDE second = beta2 * v[at] + share2 * (slope * slope);
    nextM[at] = (REAL)first;
    nextV[at] = (REAL)second;
    out[at] = (REAL)(x[at] - rate * first / (sqrt(second) + epsilon));
  }
}

KERNEL adamw(GLOBAL REAL *out, GLOBAL REAL *nextM, GLOBAL REAL *nextV, GLOBAL const REAL *x,
             GLOBAL const REAL *dx, GLOBAL const REAL *m, GLOBAL const REAL *v, WIDE lr, WIDE beta1, WIDE beta2,
             WIDE share1, WIDE share2, WIDE epsilon, WIDE lambda, WIDE scale1, WIDE scale2, LONG n) {
  EACH_ITEM(at, n) {
    WIDE slope = dx[at], first = beta1 * m[at] + share1 * slope;
    WIDE second = beta2 * v[at] + share2 * (slope * slope);
    nextM[at] = (REAL)first;
    nextV[at] = (REAL)second;
    WIDE way = first / scale1 / (sqrt(second / scale2) + epsilon);
    out[at] = (REAL)(x[at] - lr * (way + lambda * x[at]));
  }
}
