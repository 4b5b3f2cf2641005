package dev.reprise.language.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.language.Scripts;
import dev.reprise.language.program.Block;
import dev.reprise.language.program.Procedure;
import dev.reprise.language.program.Program;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoweringTest {
  private static final String BEFORE = "X = rand()\ny = rand()\nL = list(1)\nn = 3\n";
  private static final int LINES_BEFORE = 5;

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "-5; z = -5",
        "-2.5 * 2; z = -5.0",
        "1 / 4; z = 0.25",
        "!TRUE; z = FALSE",
        "-n; z = negate(n)",
        "+n; z = n",
        "n && n || n; _5 = &(n, n) / z = |(_5, n)",
        "NaN; z = NaN",
        "X %*% y; z = matmul(X, y)",
        "t(X) %*% y; z = matmul{ta=true}(X, y)",
        "X %*% t(y); z = matmul{tb=true}(X, y)",
        "t(X) %*% t(y); z = matmul{ta=true, tb=true}(X, y)",
        "t(X) %*% X; z = tsmm(X)",
        "X %*% t(X); z = tsmm{right=true}(X)",
        "X[n, ]; z = rightIndex(X, n, -, -, -)",
        "X[, 2:n]; z = rightIndex(X, -, -, 2, n)",
        "X[, ]; z = rightIndex(X, -, -, -, -)",
        "L[2]; z = listIndex(L, 2, -)",
        "L[1:2]; z = listIndex(L, 1, 2)",
        "[1, n]; z = list(1, n)",
        "list(a=1, n); z = list{name.0=a, name.1=}(1, n)",
        "append(L, n); z = append(L, n)",
        "append(L, q=n); z = append{name=q}(L, n)",
        "cbind(X, y, X); z = cbind(X, y, X)",
        "rbind(L); z = rbind(L)",
        "avg(X); z = mean(X)",
        "inverse(X); z = inv(X)",
        "ceiling(n); z = ceil(n)",
        "isNaN(n); z = is.nan(n)",
        "as.boolean(n); z = as.logical(n)",
        "min(X); z = min(X)",
        "min(X, 2); z = pmin(X, 2)",
        "max(X, 2, n); _5 = pmax(X, 2) / z = pmax(_5, n)",
        "pmin(X, y); z = pmin(X, y)",
        "log(n); z = log(n)",
        "log(n, 2); z = log_base(n, 2)",
        "ppred(X, 2, '<='); z = <=(X, 2)",
        "quantile(X, 0.5); z = quantile(X, -, 0.5)",
        "quantile(X, y, 0.5); z = quantile(X, y, 0.5)",
        "median(X); z = median(X, -)",
        "median(X, y); z = median(X, y)",
        "moment(X, 2); z = moment(X, -, 2)",
        "moment(X, y, 2); z = moment(X, y, 2)",
        "cov(X, y); z = cov(X, y, -)",
        "table(X, y); z = table(X, y, -, -, -, TRUE)",
        "table(X, y, 5); z = table(X, y, 5, -, -, TRUE)",
        "table(X, y, 5, n); z = table(X, y, -, 5, n, TRUE)",
        "table(X, y, 1, 5, n); z = table(X, y, 1, 5, n, TRUE)",
        "table(X, y, odim=3); 1:18 'table' has no argument 'odim'",
        "sample(10, n); z = sample(10, n, FALSE, -1)",
        "sample(10, n, TRUE); z = sample(10, n, TRUE, -1)",
        "sample(10, n, 42); z = sample(10, n, FALSE, 42)",
        "sample(10, n, TRUE, 42); z = sample(10, n, TRUE, 42)",
        "seq(1, n); z = seq(1, n, -)",
        "matrix(0, rows=n, cols=2); z = matrix(0, n, 2, TRUE)",
        "outer(X, y, '+'); z = outer(X, y, \"+\")",
        "exists(X); z = exists{slot=0, variable=X}()",
        "exists('X'); z = exists{slot=0, variable=X}()",
        "exists('no'); z = exists{variable=no}()",
        "eval('f', X, b=y); z = eval{name.0=, name.1=b}(\"f\", X, y)",
        "ifdef($q, n); z = n",
        "ifdef($given, n); z = 7",
        "$given; z = 7",
        "is.na(X); z = is.na(X)",
        "isNA(X); z = is.na(X)",
        "isInf(X); z = is.infinite(X)",
        "castAsScalar(X); z = as.scalar(X)",
        "compress(X); z = X",
        "decompress(compress(X)); z = X",
        "compress(); 1:5 'compress' takes a matrix, found 0 arguments",
        "countDistinctApprox(X); z = countDistinct(X, \"rc\")",
        "countDistinctApprox(X, type='KMV', dir='r'); z = countDistinct(X, \"r\")",
        "contains(target=X, pattern=n); z = contains(X, n)",
        "order(target=X, decreasing=TRUE); z = order(X, 1, TRUE, FALSE)",
        "removeEmpty(target=X, margin='cols'); z = removeEmpty(X, \"cols\", -, TRUE)",
        "time(); z = time()",
        "lineage(X); z = lineage(X)",
        "solve(X, y); z = solve(X, y)",
      })
  void expressionsBecomeInstructions(String expression, String expected) {
    String script = BEFORE + "z = " + expression.replace('\'', '"') + "\n";
    if (expected.startsWith("1:")) {
      assertThat(Scripts.errors(script).getFirst()).contains(expected.substring(5));
      return;
    }
    Program program = Scripts.compile(script, Map.of("given", "7"));
    List<String> listing = Scripts.listing(program.main());
    assertThat(String.join(" / ", listing.subList(LINES_BEFORE, listing.size())))
        .isEqualTo(expected);
  }

  @Test
  void commandLineValuesTakeTheFirstTypeThatFits() {
    Map<String, String> arguments =
        Map.of("a", "7", "b", "-2.5", "c", "1e3", "d", "TRUE", "e", "7x", "1", "007");
    String script = "a = $a; b = $b; c = $c; d = $d; e = $e; f = $1";
    assertThat(Scripts.listing(Scripts.compile(script, arguments).main()))
        .containsExactly(
            "block", "a = 7", "b = -2.5", "c = 1000.0", "d = TRUE", "e = \"7x\"", "f = 7");
  }

  @Test
  void assignmentsWriteTheirTargetDirectly() {
    assertThat(
            Scripts.listing(
                """
                X = rand()
                L = list(1)
                a = 2
                b <- a
                a += 1
                X[1, 2:3] = a
                X[1, 1] += 5
                L[1] = 3
                L["k"] = 4
                [w, V] = eigen(X)
                [U] = svd(X)
                [w, X[, 1]] = eigen(X)
                print(a)
                """))
        .containsExactly(
            "block",
            "X = rand(1, 1, 0.0, 1.0, 1.0, -1, \"uniform\", 1.0)",
            "L = list(1)",
            "a = 2",
            "b = a",
            "a = +(a, 1)",
            "X = leftIndex(X, a, 1, -, 2, 3)",
            "_4 = rightIndex(X, 1, -, 1, -)",
            "_5 = +(_4, 5)",
            "X = leftIndex(X, _5, 1, -, 1, -)",
            "L = listAssign(L, 3, 1, -)",
            "L = listAssign(L, 4, \"k\", -)",
            "w, V = eigen(X)",
            "U, -, - = svd(X)",
            "w, _9 = eigen(X)",
            "X = leftIndex(X, _9, -, -, 1, -)",
            "print(a)");
  }

  @Test
  void controlFlowBecomesBlocks() {
    assertThat(
            Scripts.listing(
                """
                x = 1
                if (x > 2) x = 3 else if (x > 1) { x = 4 }
                while (x < 9) { x = x + 1 };
                for (i in 1:x) print(i)
                for (i in seq(10, 2, -2)) {}
                while (FALSE) {}
                print(x)
                """))
        .containsExactly(
            "block",
            "x = 1",
            "if _1",
            "_1 = >(x, 2)",
            "block",
            "x = 3",
            "else",
            "if _2",
            "_2 = >(x, 1)",
            "block",
            "x = 4",
            "while _3",
            "_3 = <(x, 9)",
            "block",
            "x = +(x, 1)",
            "for i from 1",
            "to x",
            "block",
            "print(i)",
            "for i from 10",
            "to 2",
            "step -2",
            "while FALSE",
            "block",
            "print(x)");
  }

  @Test
  void parforListsItsOptionsAndResults() {
    Block.ParFor loop =
        (Block.ParFor)
            Scripts.compile(
                    """
                    R = matrix(0, 3, 1)
                    S = matrix(0, 3, 1)
                    k = 2
                    parfor (i in 1:3, check=0, opt=NONE, par=k) {
                      T = matrix(0, 1, 1)
                      T[1, 1] = i
                      R[i, 1] = sum(T)
                      S[i, 1] = S[i, 1] + 1
                    }
                    print(sum(R + S))
                    """)
                .main()
                .body()
                .get(1);
    assertThat(loop.results()).containsExactly(0, 1);
    assertThat(loop.readResults()).containsExactly(1);
    assertThat(loop.options().keySet()).containsExactly("check", "opt", "par");
    assertThat(loop.options().get("par").operand()).isEqualTo(2);
  }

  @Test
  void variableThatTheParforBodyMakesAnewIsNoResult() {
    Block.ParFor loop =
        (Block.ParFor)
            Scripts.compile(
                    """
                    S = matrix(0, 3, 1)
                    R = matrix(0, 3, 1)
                    parfor (i in 1:3) {
                      S = matrix(0, 1, 1)
                      S[1, 1] = i
                      R[i, 1] = sum(S)
                    }
                    print(sum(R))
                    """)
                .main()
                .body()
                .get(1);
    assertThat(loop.results()).containsExactly(1);
  }

  @Test
  void functionsHaveTypedParametersDefaultsAndResults() throws Exception {
    Procedure f =
        Scripts.compile(
                """
                f = function(MATRIX[double] X, Integer k = 2, Boolean b = k > 1, List[unknown] l)
                    return (Double s, string t) { s = sum(X) * k; t = "a"; }
                [s, t] = f(rand(), l=list(1))
                u = f(rand(), 3, l=list(1))
                """)
            .function("f");
    assertThat(f.parameters())
        .extracting(p -> p.type() + " " + p.name() + " " + (p.defaultValue() != null))
        .containsExactly("MATRIX X false", "INTEGER k true", "BOOLEAN b true", "LIST l false");
    assertThat(f.results())
        .extracting(r -> r.type() + " " + r.name())
        .containsExactly("DOUBLE s", "STRING t");
  }

  @Test
  void callsNameTheirArgumentsInTheOrderOfTheParameters() {
    assertThat(
            Scripts.listing(
                """
                f = function(double a, double b = 1, double c = 2) return (double s, double t) {
                  s = a + b + c; t = a
                }
                x = f(1, c=3, b=2)
                y = f(1, b=2, 4)
                [x, y] = f(5)
                f(6)
                """))
        .containsExactly(
            "block",
            "x, - = call f(a=1, b=2, c=3)",
            "y, - = call f(a=1, b=2, c=4)",
            "x, y = call f(a=5)",
            "call f(a=6)");
  }

  @Test
  void functionOfTheScriptShadowsBuiltinAndLibrary() throws Exception {
    String script =
        """
        sum = function(matrix[double] X) return (double s) { s = 1 }
        t = function(matrix[double] X) return (matrix[double] s) { s = X }
        X = rand()
        print(sum(X))
        Y = t(X) %*% X
        """;
    assertThat(Scripts.listing(script))
        .contains("_1 = call sum(X=X)", "_3 = call t(X=X)", "Y = matmul(_3, X)");
  }

  @Test
  void variableAndFunctionMayShareAName() {
    assertThat(Scripts.listing("X = rand()\nt = t(X)\nsum = sum(t)\nprint(sum)"))
        .contains("t = t(X)", "sum = sum(t)");
  }
}
