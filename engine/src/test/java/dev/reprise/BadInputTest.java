package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.language.CompileException;
import dev.reprise.language.DiagnosticPrinter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Every mistake of a user ends in one clear message with a place, and leaves nothing half done. */
class BadInputTest {
  @TempDir Path folder;

  private SessionConfig config() {
    PrintStream sink = new PrintStream(new ByteArrayOutputStream());
    return Scripts.config().withWorkingDirectory(folder).withOutput(sink, sink);
  }

  private ScriptException failure(String script) {
    return Scripts.failure(config(), script);
  }

  private String compileError(String script) {
    try (Session session = Reprise.session(config())) {
      CompileException error =
          catchThrowableOfType(
              CompileException.class, () -> session.compile(script, CompileOptions.none()));
      assertThat(error).describedAs("compiles without complaint").isNotNull();
      return error.diagnostics().stream()
          .map(DiagnosticPrinter::print)
          .collect(Collectors.joining("\n"));
    }
  }

  @Test
  void allSyntaxErrorsOfAScriptAreReportedTogether() {
    String text = compileError("x = (1 + \ny = 2\nz = ] 3\nprint(y)\n");
    assertThat(text).contains(":2:").contains(":3:").contains("^");
  }

  @Test
  void aMisspeltVariableNamesTheNearestOne() {
    assertThat(compileError("lambda = 1\nprint(lamda)")).contains("2:7").contains("lambda");
  }

  @Test
  void aMisspeltFunctionNamesTheNearestOne() {
    assertThat(compileError("x = rowSum(matrix(1, 2, 2))\nprint(sum(x))")).contains("rowSums");
  }

  @Test
  void aFailureAtRunTimeShowsItsLineAndPlace() {
    assertThat(failure("Y = matrix(1, 2, 3)\nZ = order(target=Y, by=7)\nprint(sum(Z))"))
        .hasMessageContaining("2:5: error: 'order' cannot sort")
        .hasMessageContaining("\n  Z = order(target=Y, by=7)\n      ^~~~~");
  }

  @Test
  void operandsThatHaveNoValueAreNotListed() {
    assertThat(failure("if (as.scalar(rand(seed=1)) > 2) { q = 1 }\nprint(2 + q)"))
        .hasMessageContaining("variable 'q' has no value here")
        .hasMessageNotContaining("nothing");
  }

  @Test
  void aFailureInAFunctionShowsTheFunctionsLineAboveTheCalls() {
    String script =
        """
        f = function(matrix[double] X) return (double s) {
        \ts = sum(X %*% X)
        }
        x = f(matrix(1, 2, 3))
        print(x)
        """;
    assertThat(failure(script))
        .hasMessageContaining(
            "\n  \ts = sum(X %*% X)\n  \t          ^\n  in function f, called at");
  }

  @Test
  void aFailureInASourcedFileShowsTheLineOfThatFile() throws Exception {
    Files.writeString(
        folder.resolve("part.dml"),
        "g = function(matrix[double] X) return (double s) {\n  s = as.scalar(X)\n}\n");
    assertThat(failure("source(\"part.dml\") as p\nx = p::g(matrix(1, 2, 2))\nprint(x)"))
        .hasMessageContaining("part.dml:2:7: error: 'as.scalar' needs a single cell")
        .hasMessageContaining("\n    s = as.scalar(X)\n        ^~~~~~~~~");
  }

  @Test
  void stopTakesAnyValueAndTableRefusesSizesBeyondAllMemory() {
    assertThat(failure("stop(matrix(1, 1, 2))")).hasMessageContaining("stopped: 1.000 1.000");
    assertThat(failure("X = table(seq(1, 3), seq(1, 3), Inf, 3); print(sum(X))").kind())
        .isEqualTo(ScriptException.Kind.RESOURCE);
  }

  @Test
  void messagesNameOperatorsAsScriptsWriteThem() {
    assertThat(failure("X = matrix(1, 2, 2); L = list(X, X); print(sum(X %*% L))"))
        .hasMessageContaining("'%*%' does not take a list of 2 [%*%(matrix 2x2, list of 2)]");
    assertThat(failure("X = matrix(1, 2, 2); Y = X[seq(1, 2), 1]; print(sum(Y))"))
        .hasMessageContaining(
            "an index is a number or a range a:b, but got a matrix of shape 2x1; removeEmpty(");
  }

  @Test
  void whereOneNumberIsDueAMatrixIsToldHowToGiveIt() {
    String matrices = "A = matrix(1, 1, 1); X = matrix(1, 2, 3); ";
    assertThat(failure(matrices + "if (A > 4) print(1)"))
        .hasMessageContaining("but is a matrix 1x1; as.scalar(x) takes the cell out");
    assertThat(failure(matrices + "while (X > 4) print(1)"))
        .hasMessageContaining("but is a matrix 2x3; as.scalar(x[i, j]) takes a cell out, sum(x)");
    assertThat(failure(matrices + "for (i in 1:A) print(i)"))
        .hasMessageContaining("a matrix 1x1; as.scalar(x) takes the cell out");
    assertThat(failure(matrices + "X[1:2, 2:3] = 0"))
        .hasMessageContaining("; a whole range takes matrix(x, rows=2, cols=2)");
    assertThat(failure(matrices + "print(\"X: \" + X)"))
        .hasMessageContaining("; toString(X) is the text of a matrix");
    assertThat(failure(matrices + "b = nrow(X); Y = X[2:(b - 1), ]; print(sum(Y))"))
        .hasMessageContaining("row index 2:1 is out of range for a value of shape 2x3: it ends");
    assertThat(failure(matrices + "Y = X[, X > 0]; print(sum(Y))"))
        .hasMessageContaining("an index is a number or a range a:b, but got a matrix of shape 2x3");
  }

  @Test
  void aTextForANumberNamesTheParameter() {
    String function = "f = function(double a) return (double b) { b = a }; ";
    assertThat(failure(function + "x = f(\"text\"); print(x)"))
        .hasMessageContaining("'a' is declared as double but got a string \"text\"");
  }

  @Test
  void aStopOfTheScriptIsToldInItsOwnWordsAlone() {
    assertThat(failure("stop(\"enough\")").getMessage()).endsWith("1:1: stopped: enough");
  }

  @Test
  void aFunctionOfAnotherLanguageIsAnsweredWithWhatToWriteInstead() {
    assertThat(compileError("x = log2(8)"))
        .contains("unknown function 'log2'")
        .contains("log(x, 2)");
    assertThat(compileError("x = sumSq(matrix(1, 2, 2))")).contains("sum(X ^ 2)");
    assertThat(compileError("X = tensor(1, dims=\"2 2\")")).contains("two dimensions");
  }

  @Test
  void evalOfABuiltInOperationSaysWhatItCalls() {
    assertThat(failure("print(eval(\"sum\", matrix(1, 2, 2)))"))
        .hasMessageContaining(
            "there is no function 'sum'; only functions of scripts and of the library are called"
                + " by name, no built-in operations");
    assertThat(failure("print(eval(\"smu\", matrix(1, 2, 2)))"))
        .hasMessageContaining("there is no function 'smu' [");
  }

  @Test
  void aFormatThatDoesNotFitSaysWhichConversionDoes() {
    assertThat(failure("print(\"%d\", 2.0)"))
        .hasMessageContaining("%d cannot show a value of type double")
        .hasMessageContaining("%f doubles");
    assertThat(failure("print(\"%d %d\", 3)")).hasMessageContaining("there is no value for %d");
    assertThat(failure("print(\"%q\", 3)")).hasMessageContaining("there is no conversion %q");
  }

  @Test
  void integerDivisionByZeroAndOverflowAreToldApart() {
    assertThat(failure("a = 7; b = a - 7; print(a %/% b)"))
        .hasMessageContaining("division by the integer zero in 7 %/% 0");
    assertThat(failure("a = 9223372036854775807; print(a + 1)"))
        .hasMessageContaining("integer overflow");
  }

  @Test
  void aParameterOfADistributionOutOfItsRangeIsNamed() {
    assertThat(failure("print(pnorm(target=1, sd=0))"))
        .hasMessageContaining("'pnorm' needs 'sd' above 0, but got 0.0");
    assertThat(failure("print(cdf(target=1, dist=\"exp\", rate=-1))"))
        .hasMessageContaining("'cdf' needs 'rate' above 0");
  }

  @Test
  void aProductWithAScalarIsRefusedUnderItsOwnName() {
    assertThat(failure("X = matrix(1, 2, 2); n = nrow(X); print(sum(n %*% X))"))
        .hasMessageContaining("'%*%' needs a matrix as 'x', but got the integer 2");
  }

  @Test
  void aWrongArgumentIsNamed() {
    assertThat(compileError("x = rand(rows=2, colums=3)\nprint(sum(x))"))
        .contains("colums")
        .contains("cols");
  }

  @Test
  void shapesThatDoNotFitAreShownWithThePlace() {
    ScriptException error =
        failure("A = matrix(1, 3, 4)\nB = matrix(1, 3, 4)\nC = A %*% B\nprint(sum(C))");
    assertThat(error.position().line()).isEqualTo(3);
    assertThat(error.getMessage()).contains("3x4").contains("%*%");
  }

  @Test
  void aFailureInsideFunctionsShowsTheCalls() {
    ScriptException error =
        failure(
            """
            inner = function(Matrix[Double] A) return (Matrix[Double] B) { B = A[5, ] }
            outer = function(Matrix[Double] A) return (Matrix[Double] B) { B = inner(A) }
            X = outer(matrix(1, 2, 2))
            print(sum(X))
            """);
    assertThat(error.calls()).hasSize(2);
    assertThat(error.getMessage()).contains("inner").contains("outer").contains("5");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(failure("X = read(\"nowhere.csv\")\nprint(sum(X))").getMessage())
        .contains("nowhere.csv");
  }

  @Test
  void aRaggedRowIsNamedWithItsLine() throws Exception {
    Files.writeString(folder.resolve("r.csv"), "1,2,3\n4,5\n6,7,8\n");
    assertThat(
            failure("X = read(\"r.csv\", format=\"csv\", header=FALSE)\nprint(sum(X))")
                .getMessage())
        .contains("r.csv:2");
  }

  @Test
  void aTextWhereANumberIsDueIsNamedWithItsPlace() throws Exception {
    Files.writeString(folder.resolve("t.csv"), "1,2\n3,four\n");
    assertThat(
            failure("X = read(\"t.csv\", format=\"csv\", header=FALSE)\nprint(sum(X))")
                .getMessage())
        .contains("t.csv:2")
        .contains("four");
  }

  @Test
  void anImpossibleMatrixIsAResourceErrorThatSaysHowMuchWasAsked() {
    ScriptException error = failure("X = rand(rows=10000000, cols=10000000)\nprint(sum(X))");
    assertThat(error.kind()).isEqualTo(ScriptException.Kind.RESOURCE);
    assertThat(error.getMessage()).contains("--memory");
  }

  @Test
  void aFolderThatCannotBeMadeIsAnErrorAndNothingIsLeftBehind() throws Exception {
    Files.writeString(folder.resolve("blocker"), "a file, not a folder");
    ScriptException error = failure("write(matrix(1, 2, 2), \"blocker/x.csv\", format=\"csv\")");
    assertThat(error.getMessage()).contains("blocker");
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString())).containsExactly("blocker");
    }
  }

  @Test
  void aLoopCarriedDependencyOfParforNamesBothAccesses() {
    assertThat(
            compileError(
                "R = matrix(0, 5, 1)\n"
                    + "parfor (i in 2:5) { R[i, 1] = R[i - 1, 1] + 1 }\n"
                    + "print(sum(R))"))
        .contains("2:")
        .contains("R");
  }

  @Test
  void aVariableThatNoPathAssignedIsAnErrorWhenItIsRead() {
    ScriptException error =
        failure("c = as.integer(sum(matrix(1, 1, 1)))\nif (c > 5) { z = 1 }\nprint(z)");
    assertThat(error.getMessage()).contains("'z'");
  }

  @Test
  void aConditionThatIsAMatrixIsAnError() {
    assertThat(failure("X = matrix(1, 2, 2)\nif (X > 0) { print(1) }").getMessage())
        .contains("condition")
        .contains("2x2");
  }

  @Test
  @EnabledIf("hasFullDevice")
  void aFullDiskIsAResourceErrorAndTheDeviceStaysADevice() {
    ScriptException error = failure("write(matrix(1, 300, 300), \"/dev/full\", format=\"csv\")");
    assertThat(error.kind()).isEqualTo(ScriptException.Kind.RESOURCE);
    assertThat(error.getMessage()).contains("full");
    assertThat(Files.isRegularFile(Path.of("/dev/full"))).isFalse();
    assertThat(Path.of("/dev/full.mtd")).doesNotExist();
  }

  static boolean hasFullDevice() {
    return Files.exists(Path.of("/dev/full"));
  }
}
