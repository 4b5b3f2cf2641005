// Work on rows, each by `lanes` threads of a group together, a power of two that divides THREADS. All
// threads of a group go through the same number of steps, so that they meet at the barriers.

// The head of the loop; `row` may lie behind the last one. `lane` is the thread's place.
#define EACH_ROW(rows)                                                                                \
  int together = THREADS / lanes, lane = THREAD % lanes;                                              \
  LONG each = ((rows) + together * GROUPS - 1) / (together * GROUPS);                                 \
  for (LONG step = 0, row = GROUP * each * together + THREAD / lanes; step < each;                    \
       step++, row += together)

#define EACH_LANE(j, cols) for (LONG j = row < rows ? lane : (cols); j < (cols); j += lanes)

#define ADDED(a, b) ((a) + (b))

// Merges what the threads of a row have in `value`; all of them get the result.
#define MERGE_LANES(shared, value, MERGED)                                                           \
  shared[THREAD] = value;                                                                            \
  BARRIER;                                                                                           \
  for (int middle = lanes / 2; middle > 0; middle /= 2) {                                            \
    if (lane < middle) shared[THREAD] = MERGED(shared[THREAD], shared[THREAD + middle]);             \
    BARRIER;                                                                                         \
  }                                                                                                  \
  value = shared[THREAD - lane];                                                                     \
  BARRIER;
