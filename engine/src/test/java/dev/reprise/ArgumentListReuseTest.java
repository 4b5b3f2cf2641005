package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Elements of a list keep their lineage when other elements are assigned. */
class ArgumentListReuseTest {
  private static final String MODEL =
      """
      X = rand(rows=200, cols=40, seed=1)
      y = rand(rows=200, cols=1, seed=2)
      fit = function(Matrix[Double] X, Matrix[Double] y, Double reg) return (Double s) {
        s = sum(solve(t(X) %*% X + diag(matrix(reg, ncol(X), 1)), t(X) %*% y))
      }
      """;

  /** Equal output without reuse, with it, verified, and with several workers. */
  private static RunStatistics run(String script) {
    String expected = Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
    SessionConfig[] others = {
      Scripts.config().withVerifyReuse(1),
      Scripts.config().withThreads(4),
      Scripts.config().withDedup(false),
      Scripts.config().withHostBytes(2L << 20).withDiskBytes(0)
    };
    for (SessionConfig config : others) {
      assertThat(Scripts.run(config, script).output()).isEqualTo(expected);
    }
    Scripts.Outcome outcome = Scripts.run(Scripts.config(), script);
    assertThat(outcome.output()).isEqualTo(expected);
    return outcome.statistics();
  }

  @Test
  void callsThatDifferInOneAssignedArgumentShareWhatDoesNotDependOnIt() {
    RunStatistics statistics =
        run(
            MODEL
                + """
                R = matrix(0, 6, 1)
                parfor (i in 1:6, par=3) {
                  args = list(X=X, y=y)
                  args["reg"] = i / 10
                  R[i, 1] = eval("fit", args)
                }
                print(toString(R, decimal=9))
                """);
    assertThat(statistics.of("tsmm").executed()).isEqualTo(1);
    assertThat(statistics.of("solve").executed()).isEqualTo(6);
  }

  @Test
  void anArgumentThatIsReplacedIsAnother() {
    RunStatistics statistics =
        run(
            MODEL
                + """
                args = list(X=X, y=y, reg=0.5)
                a = eval("fit", args)
                args["X"] = X + 1
                b = eval("fit", args)
                args[1] = X
                c = eval("fit", args)
                args[1] = X + 2
                args["X"] = X + 1
                d = eval("fit", args)
                print(a + " " + b + " " + (a == c) + " " + (b == d) + " " + (a == b))
                """);
    // By value: what was replaced in between leaves no mark.
    assertThat(statistics.functions().hits() + statistics.blocks().hits()).isEqualTo(2);
    assertThat(statistics.of("tsmm").executed()).isEqualTo(2);
  }

  @Test
  void aListOfOneRangesAndLoopsOfAssignmentsStandForWhatTheyDo() {
    run(
        MODEL
            + """
            one = list(y)
            args = list(X, X, X)
            args[2] = one
            args[1:2] = list(y + 1, y + 2)
            args[3] = list(y + 3)
            print(sum(as.matrix(args[1])) + " " + sum(as.matrix(args[2])) + " " + sum(as.matrix(args[3])))
            named = list(y, b=y + 1)
            named["c"] = X
            named["b"] = list(y + 5)
            named[1] = y * 2
            named["d"] = list(X + 1)
            for (i in 1:4)
              print(i + " " + toString(named[i]))
            many = list(y)
            for (i in 1:100)
              many["e" + (i %% 70)] = y + i
            total = 0
            for (i in 1:length(many))
              total = total + i * sum(as.matrix(many[i]))
            print(total)
            """);
  }

  @Test
  void elementsAreWhatTheyWereWhateverElseOfTheirListIsChanged() {
    RunStatistics statistics =
        run(
            """
            square = function(Matrix[Double] X) return (Matrix[Double] Y) { Y = X %*% X }
            A = rand(rows=60, cols=60, seed=1)
            B = rand(rows=60, cols=60, seed=2)
            net = list(A, B, A + 1)
            a = sum(square(as.matrix(net[1])))
            net[3] = B + 2
            b = sum(square(as.matrix(net[1])))
            longer = append(net, B)
            c = sum(square(as.matrix(longer[2])))
            for (i in 1:4) longer[i] = as.matrix(longer[i])
            d = sum(square(as.matrix(longer[4])))
            [rest, gone] = remove(longer, 1)
            part = rest[2:3]
            e = sum(square(as.matrix(part[2])))
            named = list(a=A, b=B)
            named["c"] = A + B
            f = sum(square(as.matrix(named["b"])))
            g = sum(square(A)) + sum(square(B))
            print(a + " " + b + " " + c + " " + d + " " + e + " " + f + " " + g)
            """);
    assertThat(statistics.of("matmul").executed()).isEqualTo(2);
  }
}
