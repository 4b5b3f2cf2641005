// As much of cuBLAS as Reprise calls, on the simulated device: matrices by columns, one loop each, in sequence with
// the stream's other work.
#include <cstddef>
#include <cstring>
#include <algorithm>
#include <functional>

extern "C" {
void simulatorPut(void *stream, void (*work)(void *), void (*drop)(void *), void *data);
void simulatorAllocate(void *stream);
int simulatorSynchronize();
int simulatorOwns(unsigned long long address, size_t bytes);

// For tests: further launches of each product, as of a library that takes other kernels for other operands.
int simulatorMoreLaunches = 0;

struct Handle { void *stream; int math; void *workspace; };
enum { OK = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, EXECUTION_FAILED = 13 };

// Both wait for the device, as the documentation says.
int cublasCreate_v2(Handle **handle) {
  *handle = new Handle();
  return simulatorSynchronize() == 0 ? OK : EXECUTION_FAILED;
}
int cublasDestroy_v2(Handle *handle) {
  delete handle;
  return simulatorSynchronize() == 0 ? OK : EXECUTION_FAILED;
}
int cublasGetVersion_v2(Handle *, int *version) { *version = VERSION * 10000 + 100; return OK; }
// Takes the workspace away, too.
int cublasSetStream_v2(Handle *handle, void *stream) {
  handle->stream = stream;
  handle->workspace = nullptr;
  return OK;
}
int cublasSetMathMode(Handle *handle, int mode) {
  if (mode != 0 && mode != 3) return INVALID_VALUE;
  handle->math = mode;
  return OK;
}
int cublasSetWorkspace_v2(Handle *handle, void *workspace, size_t bytes) {
  if ((unsigned long long)workspace % 256 != 0 || !simulatorOwns((unsigned long long)workspace, bytes)) return INVALID_VALUE;
  handle->workspace = workspace;
  return OK;
}
}

static void later(Handle *handle, std::function<void()> work) {
  typedef std::function<void()> Work;
  if (handle->workspace == nullptr) simulatorAllocate(handle->stream);
  for (int i = 0; i < simulatorMoreLaunches; i++)
    simulatorPut(handle->stream, [](void *) {}, [](void *) {}, nullptr);
  simulatorPut(handle->stream, [](void *data) { (*(Work *)data)(); }, [](void *data) { delete (Work *)data; },
               new Work(std::move(work)));
}

// What units for tensors take of a number: in mode 3 (TF32) they leave out 13 bits of a float. Operands that have
// more give another product then, as on a GPU.
static double taken(int, double x) { return x; }
static float taken(int math, float x) {
  unsigned bits;
  memcpy(&bits, &x, sizeof bits);
  if (math == 3) bits &= ~0u << 13;
  memcpy(&x, &bits, sizeof x);
  return x;
}

template <class T> static int gemm(Handle *h, int ta, int tb, int m, int n, int k, const T *pa, const T *a, int lda,
                                   const T *b, int ldb, const T *pb, T *c, int ldc) {
  T alpha = *pa, beta = *pb;
  int math = h->math;
  if (m < 0 || n < 0 || k < 0 || lda < std::max(1, ta ? k : m) || ldb < std::max(1, tb ? n : k) ||
      ldc < std::max(1, m)) return INVALID_VALUE;
  later(h, [=] {
    for (int j = 0; j < n; j++)
      for (int i = 0; i < m; i++) {
        T sum = 0;
        for (int l = 0; l < k; l++) sum += taken(math, ta ? a[l + (size_t)i * lda] : a[i + (size_t)l * lda])
                                         * taken(math, tb ? b[j + (size_t)l * ldb] : b[l + (size_t)j * ldb]);
        T *cell = c + i + (size_t)j * ldc;
        *cell = beta == 0 ? alpha * sum : alpha * sum + beta * *cell;
      }
  });
  return OK;
}

template <class T> static int gemv(Handle *h, int t, int m, int n, const T *pa, const T *a, int lda, const T *x, int sx,
                                   const T *pb, T *y, int sy) {
  T alpha = *pa, beta = *pb;
  if (m < 0 || n < 0 || lda < std::max(1, m) || sx == 0 || sy == 0) return INVALID_VALUE;
  // As the reference does: then not even beta is looked at.
  if (m == 0 || n == 0) return OK;
  later(h, [=] {
    for (int i = 0; i < (t ? n : m); i++) {
      T sum = 0;
      for (int l = 0; l < (t ? m : n); l++) sum += (t ? a[l + (size_t)i * lda] : a[i + (size_t)l * lda]) * x[(size_t)l * sx];
      T *cell = y + (size_t)i * sy;
      *cell = beta == 0 ? alpha * sum : alpha * sum + beta * *cell;
    }
  });
  return OK;
}

template <class T> static int syrk(Handle *h, int upper, int t, int n, int k, const T *pa, const T *a, int lda,
                                   const T *pb, T *c, int ldc) {
  T alpha = *pa, beta = *pb;
  if (n < 0 || k < 0 || lda < std::max(1, t ? k : n) || ldc < std::max(1, n)) return INVALID_VALUE;
  later(h, [=] {
    for (int j = 0; j < n; j++)
      for (int i = upper ? 0 : j; i < (upper ? j + 1 : n); i++) {
        T sum = 0;
        for (int l = 0; l < k; l++) sum += (t ? a[l + (size_t)i * lda] : a[i + (size_t)l * lda])
                                         * (t ? a[l + (size_t)j * lda] : a[j + (size_t)l * lda]);
        T *cell = c + i + (size_t)j * ldc;
        *cell = beta == 0 ? alpha * sum : alpha * sum + beta * *cell;
      }
  });
  return OK;
}

#define TYPE(T, LETTER)                                                                                                 \
  extern "C" int cublas##LETTER##gemm_v2(Handle *h, int ta, int tb, int m, int n, int k, const T *pa, const T *a,       \
                                         int lda, const T *b, int ldb, const T *pb, T *c, int ldc) {                    \
    return gemm<T>(h, ta, tb, m, n, k, pa, a, lda, b, ldb, pb, c, ldc);                                                 \
  }                                                                                                                     \
  extern "C" int cublas##LETTER##gemv_v2(Handle *h, int t, int m, int n, const T *pa, const T *a, int lda, const T *x,  \
                                         int sx, const T *pb, T *y, int sy) {                                           \
    return gemv<T>(h, t, m, n, pa, a, lda, x, sx, pb, y, sy);                                                           \
  }                                                                                                                     \
  extern "C" int cublas##LETTER##syrk_v2(Handle *h, int upper, int t, int n, int k, const T *pa, const T *a, int lda,   \
                                         const T *pb, T *c, int ldc) {                                                  \
    return syrk<T>(h, upper, t, n, k, pa, a, lda, pb, c, ldc);                                                          \
  }
TYPE(double, D)
TYPE(float, S)
