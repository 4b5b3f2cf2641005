package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Scripts.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run stops at the first operation that makes a NaN or an infinity, wherever that is. */
class TrapTest {
  @TempDir Path folder;

  private SessionConfig config(Trap... traps) {
    return Scripts.config().withWorkingDirectory(folder).withTraps(Set.of(traps));
  }

  private String failure(SessionConfig config, String script) {
    return Scripts.failure(config, script).getMessage();
  }

  private static final String IN_FUNCTION =
      """
      logs = function(Matrix[Double] A) return (Matrix[Double] R) {
        B = A - 3
        R = log(B)
      }
      X = matrix("9 8 2 7", 4, 1)
      Y = X + 0
      print(sum(logs(Y)))
      """;

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void theOperationIsNamedWithPositionCellAndShapes(ReuseMode mode) {
    ScriptException error = Scripts.failure(config(Trap.NAN).withReuse(mode), IN_FUNCTION);
    assertThat(error.kind()).isEqualTo(ScriptException.Kind.SCRIPT);
    assertThat(error.position().line()).isEqualTo(3);
    assertThat(error.detail())
        .isEqualTo("'log' made the first NaN: cell [3,1] of a matrix 4x1 [log(matrix 4x1)]");
    assertThat(error.getMessage()).contains("in function logs, called at <script>:7:");
  }

  @Test
  void theMessageEndsWithTheTraceAndTheWholeOfItIsKept() {
    String message = failure(config(Trap.NAN), IN_FUNCTION);
    assertThat(message).containsPattern("%[0-9]+ = log %[0-9]+   # <script>:3\n");
    assertThat(message).contains("reprise lineage trap.lineage");
    assertThat(folder.resolve("trap.lineage")).content().contains("return %");
  }

  /** The compiler used to compute these, so that no operation was left to stop at. */
  @ParameterizedTest
  @ValueSource(strings = {"0 / 0", "0.0 / 0", "Inf - Inf", "Inf * 0", "1.5 / 0", "1e308 * 10"})
  void whatNumbersOfTheScriptMakeIsFoundToo(String expression) {
    String script = "x = " + expression + "\nprint(x)";
    String made = expression.matches(".*(1.5|1e308).*") ? "infinity" : "NaN";
    assertThat(failure(config(Trap.values()), script))
        .contains("<script>:1:")
        .contains("made the first " + made + ": the result");
  }

  @Test
  void aLongTraceIsCutToTheNearestItems() {
    String message =
        failure(
            config(Trap.NAN),
            "X = matrix(2, 2, 2)\nfor (i in 1:50) { X = X * 2 - X }\nprint(sum(sqrt(X - 5)))");
    assertThat(message).contains("nearest first, 20 of 1");
    assertThat(message.lines().filter(line -> line.startsWith("    %"))).hasSize(20);
  }

  @Test
  void whatWasReadOrComesFromAnEarlierOperationIsNotTheFirst() throws Exception {
    Files.writeString(folder.resolve("X.csv"), "1,NaN\n2,3\n");
    String script =
        """
        X = read("X.csv", format="csv", header=FALSE)
        Y = X * 2 + t(X)
        print(sum(Y))
        print(sum(log(replace(target=X, pattern=NaN, replacement=-1))))
        """;
    ScriptException error = Scripts.failure(config(Trap.NAN), script);
    assertThat(error.position().line()).isEqualTo(4);
    assertThat(error.detail()).startsWith("'log' made the first NaN: cell [1,2]");
  }

  @Test
  void infinitiesAndNaNAreTrappedSeparately() {
    String script = "X = matrix(\"0 1\", 1, 2)\nY = 1 / X\nprint(sum(Y - Y))";
    assertThat(failure(config(Trap.INF), script)).contains("'/' made the first infinity");
    assertThat(failure(config(Trap.NAN), script)).contains("'-' made the first NaN");
    assertThat(failure(config(Trap.NAN, Trap.INF), script)).contains("'/' made the first infin");
    assertThat(Scripts.run(config(), script).output()).isEqualToIgnoringNewLines("NaN");
  }

  @Test
  void libraryFunctionsMakeNoInfinitiesOfTheirOwn() {
    String training =
        """
        gradients = function(List[Unknown] model, List[Unknown] hyperparams,
                             Matrix[Double] features, Matrix[Double] labels)
          return (List[Unknown] gradients) {
          gradients = list(W=t(features) %*% (features %*% as.matrix(model["W"]) - labels))
        }
        update = function(List[Unknown] model, List[Unknown] gradients, List[Unknown] hyperparams)
          return (List[Unknown] updated) {
          updated = list(W=as.matrix(model["W"]) - 0.001 * as.matrix(gradients["W"]))
        }
        X = rand(rows=40, cols=3, seed=1)
        y = X %*% seq(1, 3)
        model = paramserv(model=list(W=matrix(0, 3, 1)), features=X, labels=y, upd="gradients",
          agg="update", utype="ASP", freq="BATCH", epochs=2, batchsize=10, k=2,
          hyperparams=list(lr=0.05))
        print(nrow(as.matrix(model["W"])))
        """;
    assertThat(Scripts.run(config(Trap.NAN, Trap.INF), training).output())
        .isEqualToIgnoringNewLines("3");
  }

  @Test
  void scalarsAreTrappedInParforIterationsAndTheFirstIterationCounts() {
    String script =
        """
        R = matrix(0, 8, 1)
        parfor (i in 1:8, par=2) {
          a = 3 - i
          R[i, 1] = sqrt(a)
        }
        """;
    ScriptException error = Scripts.failure(config(Trap.NAN), script);
    assertThat(error.position().line()).isEqualTo(4);
    assertThat(error.detail()).contains("sqrt(integer -1)");
  }

  @Test
  void anOperationThatOthersWaitForTrapsForAllOfThem() {
    String script =
        """
        X = rand(rows=400, cols=300, seed=1)
        R = matrix(0, 6, 1)
        parfor (i in 1:6, par=2) {
          G = t(X) %*% X
          L = log(G - 101)
          R[i, 1] = sum(L)
        }
        """;
    ScriptException error = Scripts.failure(config(Trap.NAN), script);
    assertThat(error.position().line()).isEqualTo(5);
    assertThat(error.detail()).startsWith("'log' made the first NaN: cell [1,");
    assertThat(error.getMessage()).contains("= tsmm");
  }

  @Test
  void compressedMatricesAreLookedThrough() {
    String script =
        """
        X = matrix(0, 300, 300)
        X[7, 9] = 1
        Y = X * (0 - 4)
        print(sum(Y))
        Z = Y * 1e308 * 10
        """;
    assertThat(failure(config(Trap.INF), script))
        .contains("'*' made the first infinity: cell [7,9] of a matrix 300x300");
  }

  @Test
  void aRunWithoutSuchValuesIsTheSameAndLeavesNothingBehind() {
    String script =
        """
        X = rand(rows=100, cols=20, seed=3)
        A = t(X) %*% X + diag(matrix(1, 20, 1))
        print(sum(solve(A, t(colSums(X)))))
        """;
    SessionConfig trapping = Scripts.config().withTraps(EnumSet.allOf(Trap.class));
    Outcome outcome = Scripts.run(trapping, script);
    assertThat(outcome.output()).isEqualTo(Scripts.output(script));
    assertThat(outcome.liveBuffers()).isZero();
  }
}
