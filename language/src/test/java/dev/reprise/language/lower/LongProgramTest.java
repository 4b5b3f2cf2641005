package dev.reprise.language.lower;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.reprise.language.CompileException;
import dev.reprise.language.Compiler;
import dev.reprise.language.Scripts;
import dev.reprise.language.SourceFile;
import dev.reprise.language.optimize.Optimization;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs that are four times as long take about four times as much to compile. What is measured
 * is the memory that the thread takes: analyses that copied what they know at every branch took
 * sixteen times as much.
 */
class LongProgramTest {
  private static final int SHORT = 1000;
  private static final int FACTOR = 4;

  /**
   * Sets of slots, a bit each, are copied at branches: these alone grow faster than the program.
   */
  private static final double MOST = 2 * FACTOR;

  private static final Optimization EVERY_PASS = new Optimization(true, false, true, true);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "y# = #\nif (x > #) { y# = x }\n",
        "if (x > #) { y# = # } else { y# = x }\n",
        "if (x > 0) { y# = x + # }\n",
        "if (TRUE) { y# = s + # }\n",
        "y# = #\nfor (i in 1:2) { x = x + # }\n",
        "X# = X\nfor (i in 1:2) { X# = X# %*% X + # }\n",
        "y# = #\nwhile (x > #) { x = s }\n",
        "y# = #\nparfor (i in 1:2) { A[i, 1] = # }\n",
        "X# = f(X)\n"
      })
  void whatItTakesGrowsWithTheLength(String piece) throws CompileException {
    assertGrowsWithTheLength("", piece, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for (i in 1:2) { X = X %*% X + # }\n",
        "X# = X\nfor (i in 1:2) { X# = X# %*% X + # }\n",
        "X# = X\nfor (i in 1:2) { X# = X# + # }\nX# = X + #\n",
        "Y = X\nfor (i in 1:2) { X = X %*% Y }\nX = Y + #\n",
        "y# = #\nif (x > #) { y# = x }\n",
        "y# = #\nwhile (x > #) { x = s }\n",
        "y# = #\nparfor (i in 1:2) { A[i, 1] = # }\n",
      })
  void soItDoesWithinOneLoop(String piece) throws CompileException {
    assertGrowsWithTheLength("for (k in 1:2) {\n", piece, "}\n");
  }

  private static void assertGrowsWithTheLength(String before, String piece, String after)
      throws CompileException {
    for (Optimization optimization : List.of(Optimization.off(), EVERY_PASS)) {
      allocated(before, piece, SHORT, after, optimization);
      long once = allocated(before, piece, SHORT, after, optimization);
      long more = allocated(before, piece, FACTOR * SHORT, after, optimization);
      assertThat((double) more / once).as("%s%n%s", optimization, piece).isLessThan(MOST);
    }
  }

  private static long allocated(
      String before, String piece, int times, String after, Optimization optimization)
      throws CompileException {
    StringBuilder script =
        new StringBuilder(
            """
            f = function(matrix[double] M) return (matrix[double] N) { N = M + 1 }
            A = matrix(0, rows=2, cols=1)
            X = rand(rows=2, cols=2)
            s = sum(X)
            x = s
            """);
    script.append(before);
    for (int i = 0; i < times; i++) {
      script.append(piece.replace("#", Integer.toString(i)));
    }
    script.append(after).append("print(x + sum(X))\n");
    SourceFile file = new SourceFile("long.dml", script.toString());
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadAllocatedBytes();
    Compiler.compile(file, Map.of(), Scripts.noFiles(), Set.of(), Set.of(), optimization);
    return threads.getCurrentThreadAllocatedBytes() - start;
  }
}
