package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import dev.reprise.runtime.Precision;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs whose live variables do not fit into host memory. */
class LiveSpillTest {
  /** Live data: 40 matrices of 80 kB. The largest operation has three of them. */
  private static final String LISTS =
      """
      L = list();
      for (i in 1:40) { L = append(L, rand(rows=100, cols=100, seed=i)); }
      s = 0;
      for (k in 1:3) {
        for (i in 1:40) {
          A = as.matrix(L[i]);
          B = as.matrix(L[41 - i]);
          s = s + sum(A %*% B) * k + sum(A + i);
        }
      }
      print(s);
      """;

  /** Loops that write in place, and values that are compressed. */
  private static final String FORMS =
      """
      S = list();
      for (i in 1:20) {
        X = matrix(0, 400, 100);
        X[i, 1] = i;
        for (r in 1:50) { X[r, ] = matrix(r * i, 1, 100); }
        Z = matrix(0, 500, 500);
        Z[i, i] = i + 0.5;
        S = append(S, X);
        S = append(S, Z);
      }
      t = 0;
      for (i in 1:40) { M = as.matrix(S[i]); t = t + sum(M) + sum(colSums(M) * 2); }
      print(t);
      """;

  private static final String PARFOR =
      """
      R = matrix(0, 40, 1);
      A = rand(rows=120, cols=120, seed=1);
      B = rand(rows=120, cols=120, seed=2);
      C = rand(rows=120, cols=120, seed=3);
      D = rand(rows=120, cols=120, seed=4);
      parfor (i in 1:24) {
        X = rand(rows=120, cols=120, seed=i);
        Y = (X %*% A + B) %*% (X - C) + D;
        R[i, 1] = sum(Y) + sum(t(X) %*% X);
      }
      print(sum(R));
      print(sum(A %*% B + C %*% D));
      """;

  @TempDir private Path folder;

  private SessionConfig config(long hostBytes, ReuseMode reuse, int threads) {
    return Scripts.config()
        .withHostBytes(hostBytes)
        .withReuse(reuse)
        .withThreads(threads)
        .withSpillFolder(folder.resolve("spill"));
  }

  @Test
  void aQuarterOfTheLiveDataGivesTheSameResult() {
    sameUnder(LISTS, 800_000);
    sameUnder(LISTS, 300_000);
  }

  @Test
  void compressedValuesAndWritingInPlaceGiveTheSameResult() {
    // The dense forms of the compressed matrices, 2 MB each, are needed while they are made.
    sameUnder(FORMS, 4_500_000);
  }

  private void sameUnder(String script, long hostBytes) {
    for (ReuseMode reuse : List.of(ReuseMode.NONE, ReuseMode.TRACE, ReuseMode.HYBRID)) {
      Outcome ample = Scripts.run(config(1L << 30, reuse, 2), script);
      for (int threads : new int[] {1, 4}) {
        Outcome tight = Scripts.run(config(hostBytes, reuse, threads), script);
        assertThat(tight.output()).isEqualTo(ample.output());
        assertThat(tight.liveBuffers()).isZero();
        assertThat(tight.statistics().hostPeakBytes()).isLessThanOrEqualTo(hostBytes);
        // Each operation fits, so none has its values on the disk while it runs.
        assertThat(tight.statistics().disk().pages()).isZero();
      }
      assertThat(ample.statistics().disk().spills()).isZero();
    }
    assertThat(folder.resolve("spill")).isEmptyDirectory();
  }

  @Test
  void variablesAreMovedToDiskAndBack() {
    Outcome tight = Scripts.run(config(800_000, ReuseMode.NONE, 1), LISTS);
    assertThat(tight.statistics().disk().liveSpills()).isGreaterThan(30);
    assertThat(tight.statistics().disk().restores()).isGreaterThan(30);
  }

  @Test
  void cachedValuesThatAreCostlyComeBackFromDisk() {
    // Eigenvectors of 200 x 200 take ten milliseconds, moving their 320 kB is taken to take one: so
    // they are moved however fast the processor is, or slow the disk for a moment.
    String script =
        """
        s = 0;
        for (k in 1:4) {
          for (i in 1:8) {
            A = rand(rows=200, cols=200, seed=i);
            [w, V] = eigen(A + t(A));
            s = s + (sum(w) + sum(V * V)) * k;
          }
        }
        print(s);
        """;
    String ample = Scripts.run(config(1L << 30, ReuseMode.HYBRID, 2), script).output();
    Outcome tight = Scripts.run(config(1_800_000, ReuseMode.HYBRID, 2), script);
    assertThat(tight.output()).isEqualTo(ample);
    assertThat(tight.liveBuffers()).isZero();
    assertThat(tight.statistics().cache().spills()).isPositive();
    assertThat(tight.statistics().cache().restores()).isPositive();
    assertThat(tight.statistics().of("eigen").hits()).isPositive();
    Outcome withoutDisk =
        Scripts.run(config(1_800_000, ReuseMode.HYBRID, 2).withDiskBytes(0), script);
    assertThat(withoutDisk.output()).isEqualTo(ample);
    assertThat(withoutDisk.statistics().cache().evictionsByReason().get("memory_pressure"))
        .isPositive();
  }

  @Test
  void floatsAreMovedToo() {
    SessionConfig floats = config(1L << 30, ReuseMode.NONE, 2).withPrecision(Precision.FP32);
    String ample = Scripts.run(floats, LISTS).output();
    Outcome tight = Scripts.run(floats.withHostBytes(400_000), LISTS);
    assertThat(tight.output()).isEqualTo(ample);
    assertThat(tight.statistics().disk().spills()).isPositive();
  }

  @Test
  void workersThatShareATightBudgetWaitForEachOther() {
    // One worker's largest operation: two inputs, a result, and what the kernel needs beside.
    long oneOperation = 5 * 120 * 120 * 8;
    for (ReuseMode reuse : List.of(ReuseMode.NONE, ReuseMode.HYBRID)) {
      String ample = Scripts.run(config(1L << 30, reuse, 1), PARFOR).output();
      for (int round = 0; round < 3; round++) {
        Outcome tight = Scripts.run(config(oneOperation, reuse, 8), PARFOR);
        assertThat(tight.output()).isEqualTo(ample);
        assertThat(tight.liveBuffers()).isZero();
      }
    }
  }

  @Test
  void withoutADiskTheErrorSaysWhatToDo() {
    ScriptException failure =
        Scripts.failure(config(800_000, ReuseMode.NONE, 1).withDiskBytes(0), LISTS);
    assertThat(failure.kind()).isEqualTo(ScriptException.Kind.RESOURCE);
    assertThat(failure.getMessage())
        .contains("not enough host memory", "the budget is 781.3 KiB", "--memory host=");
    assertThat(folder.resolve("spill")).doesNotExist();
  }

  @Test
  void aFullDiskIsAnErrorOnlyForLiveValues() {
    ScriptException failure =
        Scripts.failure(config(800_000, ReuseMode.NONE, 1).withDiskBytes(400_000), LISTS);
    assertThat(failure.kind()).isEqualTo(ScriptException.Kind.RESOURCE);
    assertThat(failure.getMessage()).contains("on disk 320.0 KiB of 390.6 KiB");
  }

  @Test
  void aFolderThatCannotBeMadeIsNamedInTheError() {
    // Not there when the session opens, which would refuse it.
    Path spill = folder.resolve("in the way");
    ScriptException failure =
        Scripts.failure(
            config(800_000, ReuseMode.NONE, 1).withSpillFolder(spill),
            "write(1, \"" + spill + "\")\n" + LISTS);
    assertThat(failure.kind()).isEqualTo(ScriptException.Kind.RESOURCE);
    assertThat(failure.getMessage()).contains("the disk cannot be used", "--spill-folder");
  }

  @Test
  void aValueLargerThanTheBudgetIsAClearError() {
    ScriptException failure =
        Scripts.failure(
            config(800_000, ReuseMode.HYBRID, 1).withDiskBytes(4 << 20),
            "X = rand(rows=1000, cols=1000); print(sum(X));");
    assertThat(failure.kind()).isEqualTo(ScriptException.Kind.RESOURCE);
    assertThat(failure.getMessage())
        .contains("asked for 7.6 MiB", "the budget is 781.3 KiB", "on disk 0 B of 4.0 MiB");
  }
}
