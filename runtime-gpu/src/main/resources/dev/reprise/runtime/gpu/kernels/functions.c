// The functions of the kernels of element-wise operations, without the kernels: what fused kernels on
// CUDA call, whose text is PTX and no C. Compiled so that each stays a function by its name.
#define FUNCTIONS_ONLY
#ifdef __cplusplus
#undef FUNCTION
#define FUNCTION __device__
extern "C" {
#endif
#include "activations.c"
#include "bits.c"
#include "cells.c"
#include "tests.c"
#include "unary.c"
#ifdef __cplusplus
}
#endif
