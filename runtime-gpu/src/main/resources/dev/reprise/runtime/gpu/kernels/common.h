// Names for kernels that are the same in both languages. Before this comes opencl.h or cuda.h, and
// before that REAL, the type of a cell, and LANES, how many cells have 16 bytes.
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define REAL2 JOIN(REAL, 2)
#define REALS JOIN(REAL, LANES)

// The head of a loop over items. Neighbouring threads of a GPU take neighbouring items, so that
// their accesses are one; a thread of a processor takes a run of items, which becomes vector code.
#ifdef PROCESSOR
#define PIECE(n) (((LONG)(n) + STEP - 1) / STEP)
#define EACH_ITEM(at, n)                                                                             \
  for (LONG at = FIRST * PIECE(n), at##End = at + PIECE(n) < (n) ? at + PIECE(n) : (n); at < at##End; \
       at++)
#else
#define EACH_ITEM(at, n) for (LONG at = FIRST; at < (n); at += STEP)
#endif

// at / cols; a GPU divides 32 bits several times as fast as 64.
FUNCTION LONG quotient(LONG at, LONG cols) {
  return (at | cols) >> 32 == 0 ? (LONG)((UINT)at / (UINT)cols) : at / cols;
}
