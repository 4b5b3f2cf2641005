// As much of cuSPARSE as Reprise calls, on the simulated device: the generic interface for matrices compressed by
// rows with indices of 32 bits, not transposed, and dense ones row by row. In sequence with the stream's other work;
// what the real one needs memory for it asks for here as well, and reads nothing else.
#include <cstddef>
#include <functional>

extern "C" {
void simulatorPut(void *stream, void (*work)(void *), void (*drop)(void *), void *data);
int simulatorOwns(unsigned long long address, size_t bytes);
int simulatorSynchronize();

enum { OK = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 3, EXECUTION_FAILED = 6, NOT_SUPPORTED = 10 };
enum { REAL_32 = 0, REAL_64 = 1, INDEX_32 = 2, BY_ROWS = 2, CSR_ALG2 = 3, CSR_ALG3 = 12 };

struct Handle { void *stream; };
struct Sparse { long long rows, cols, nonZeros; const int *starts, *columns; const void *values; int type; };
struct Dense { long long rows, cols, leading; void *cells; int type; };

int cusparseCreate(Handle **handle) {
  *handle = new Handle();
  return simulatorSynchronize() == 0 ? OK : EXECUTION_FAILED;
}
int cusparseDestroy(Handle *handle) {
  delete handle;
  return simulatorSynchronize() == 0 ? OK : EXECUTION_FAILED;
}
int cusparseGetVersion(Handle *, int *version) { *version = 12508; return OK; }
int cusparseSetStream(Handle *handle, void *stream) { handle->stream = stream; return OK; }
}

static int width(int type) { return type == REAL_64 ? 8 : 4; }
static bool owns(const void *at, long long bytes) { return simulatorOwns((unsigned long long)at, bytes); }

extern "C" {
int cusparseCreateCsr(Sparse **matrix, long long rows, long long cols, long long nonZeros, void *starts, void *columns,
                      void *values, int startType, int columnType, int base, int type) {
  if (startType != INDEX_32 || columnType != INDEX_32 || base != 0) return NOT_SUPPORTED;
  if (rows < 1 || cols < 1 || nonZeros < 1 || !owns(starts, 4 * (rows + 1)) || !owns(columns, 4 * nonZeros) ||
      !owns(values, width(type) * nonZeros) || (unsigned long long)values % width(type) != 0) return INVALID_VALUE;
  *matrix = new Sparse{rows, cols, nonZeros, (int *)starts, (int *)columns, values, type};
  return OK;
}
int cusparseDestroySpMat(Sparse *matrix) { delete matrix; return OK; }
int cusparseCreateDnMat(Dense **matrix, long long rows, long long cols, long long leading, void *cells, int type,
                        int order) {
  if (order != BY_ROWS) return NOT_SUPPORTED;
  if (leading < cols || !owns(cells, width(type) * rows * leading)) return INVALID_VALUE;
  *matrix = new Dense{rows, cols, leading, cells, type};
  return OK;
}
int cusparseDestroyDnMat(Dense *matrix) { delete matrix; return OK; }
int cusparseCreateDnVec(Dense **vector, long long size, void *cells, int type) {
  if (!owns(cells, width(type) * size)) return INVALID_VALUE;
  *vector = new Dense{size, 1, 1, cells, type};
  return OK;
}
int cusparseDestroyDnVec(Dense *vector) { delete vector; return OK; }
}

static const size_t WORKSPACE = 1000;

// Products by matrix and by vector, for tests: that they were asked for at all.
extern "C" { long long simulatorSparseProducts[2]; }

static int fits(int transposed, const Sparse *x, const Dense *y, const Dense *c, int type) {
  if (transposed || x->type != type || y->type != type || c->type != type) return NOT_SUPPORTED;
  return x->cols == y->rows && x->rows == c->rows && y->cols == c->cols ? OK : INVALID_VALUE;
}

template <class T> static void multiply(Sparse x, Dense y, Dense c, T alpha, T beta) {
  for (long long i = 0; i < x.rows; i++)
    for (long long j = 0; j < c.cols; j++) {
      T sum = 0;
      for (int at = x.starts[i]; at < x.starts[i + 1]; at++)
        sum += ((const T *)x.values)[at] * ((const T *)y.cells)[x.columns[at] * y.leading + j];
      T *cell = (T *)c.cells + i * c.leading + j;
      *cell = beta == 0 ? alpha * sum : alpha * sum + beta * *cell;
    }
}

static int later(Handle *handle, const void *alpha, const Sparse *x, const Dense *y, const void *beta, const Dense *c,
                 int type, void *workspace) {
  if (!handle->stream) return NOT_INITIALIZED;
  if (!owns(workspace, WORKSPACE)) return INVALID_VALUE;
  // Descriptors are copied: the caller may destroy them when the call returns.
  Sparse a = *x;
  Dense b = *y, d = *c;
  std::function<void()> work;
  if (type == REAL_64) {
    double p = *(const double *)alpha, q = *(const double *)beta;
    work = [=] { multiply<double>(a, b, d, p, q); };
  } else {
    float p = *(const float *)alpha, q = *(const float *)beta;
    work = [=] { multiply<float>(a, b, d, p, q); };
  }
  typedef std::function<void()> Work;
  simulatorPut(handle->stream, [](void *data) { (*(Work *)data)(); }, [](void *data) { delete (Work *)data; },
               new Work(std::move(work)));
  return OK;
}

extern "C" {
int cusparseSpMM_bufferSize(Handle *, int tx, int ty, const void *, Sparse *x, Dense *y, const void *, Dense *c,
                            int type, int algorithm, size_t *bytes) {
  *bytes = WORKSPACE;
  return algorithm != CSR_ALG3 ? NOT_SUPPORTED : fits(tx || ty, x, y, c, type);
}
int cusparseSpMM(Handle *handle, int tx, int ty, const void *alpha, Sparse *x, Dense *y, const void *beta, Dense *c,
                 int type, int algorithm, void *workspace) {
  if (algorithm != CSR_ALG3 || fits(tx || ty, x, y, c, type) != OK) return NOT_SUPPORTED;
  simulatorSparseProducts[0]++;
  return later(handle, alpha, x, y, beta, c, type, workspace);
}
int cusparseSpMV_bufferSize(Handle *, int tx, const void *, Sparse *x, Dense *y, const void *, Dense *c, int type,
                            int algorithm, size_t *bytes) {
  *bytes = WORKSPACE;
  return algorithm != CSR_ALG2 ? NOT_SUPPORTED : fits(tx, x, y, c, type);
}
int cusparseSpMV(Handle *handle, int tx, const void *alpha, Sparse *x, Dense *y, const void *beta, Dense *c, int type,
                 int algorithm, void *workspace) {
  if (algorithm != CSR_ALG2 || fits(tx, x, y, c, type) != OK) return NOT_SUPPORTED;
  simulatorSparseProducts[1]++;
  return later(handle, alpha, x, y, beta, c, type, workspace);
}
}
